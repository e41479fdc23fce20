"""What is known of a four-legged robot that comes as a file of its own, as data."""

from dataclasses import dataclass

from tasks.described.error import RobotError
from tasks.described.joint import DrivenJoint

LEGS = ("FL", "FR", "RL", "RR")
"""Front left, front right, rear left, rear right."""
JOINTS = 3
"""Of each leg: abduction, hip, knee."""


@dataclass(frozen=True)
class Joint(DrivenJoint):
    """A hinge of a leg, and how it is driven."""

    standing_nm: float
    """Torque that it takes to stand [N m]."""
    lift_rad: float
    """How far it turns when its leg is lifted in the trot [rad]."""
    action_rad: float
    """How far from the trot a full action moves it [rad]."""


@dataclass(frozen=True)
class Leg:
    """A leg."""

    name: str
    """One of `LEGS`."""
    joints: tuple[str, ...]
    """Abduction, hip and knee."""
    foot_body: str
    """The body that the foot is on."""
    foot_position_m: tuple[float, float, float]
    """Middle of the foot's sphere on that body [m]."""
    foot_radius_m: float
    """Radius of the sphere [m]."""
    foot_geom: str
    """The geom that touches the ground there; empty: a sphere is added."""


@dataclass(frozen=True)
class Robot:
    """A torso on four legs."""

    name: str
    """What it is called."""
    model: str
    """Its MJCF or URDF; beside this file if it is no absolute path."""
    torso: str
    """The body that everything hangs from; x forward, y to the left, z up."""
    mass_kg: float
    """Mass of the whole robot [kg]."""
    leg_m: float
    """Length of a stretched leg, from the hip's axis to the foot [m]."""
    height_m: float
    """Height of the torso's origin when it stands [m]."""
    lowest_m: float
    """Height of the torso's origin below which it has fallen [m]."""
    period_s: float
    """Time in which each leg steps once [s]."""
    forward_m_s: tuple[float, float]
    """Range of the commanded forward velocity [m/s]."""
    sideways_m_s: tuple[float, float]
    """Range of the commanded velocity to the left [m/s]."""
    turn_rad_s: tuple[float, float]
    """Range of the commanded turn to the left [rad/s]."""
    push_n: float
    """Greatest push in training [N]."""
    touching: tuple[str, ...]
    """Geoms besides the feet that the ground is solid for."""
    leg: tuple[Leg, ...]
    """In the order of the file."""
    joint: tuple[Joint, ...]
    """Of the first leg, of the second, and so on."""

    def __post_init__(self) -> None:
        """Check that the legs are complete, and that numbers are possible."""
        names = [leg.name for leg in self.leg]
        if sorted(names) != sorted(LEGS):
            raise RobotError(f"the legs must be {', '.join(LEGS)}, got {', '.join(names)}")
        wanted = [name for leg in self.leg for name in leg.joints]
        if [joint.name for joint in self.joint] != wanted or len(wanted) != JOINTS * len(LEGS):
            raise RobotError(
                f"joint must have abduction, hip and knee of each leg in turn, {', '.join(wanted)}"
            )
        for joint in self.joint:
            _check(joint)
        for leg in self.leg:
            if leg.foot_radius_m <= 0:
                raise RobotError(f"leg {leg.name}: foot_radius_m must be positive")
        positive = ("mass_kg", "leg_m", "height_m", "lowest_m", "period_s")
        wrong = [name for name in positive if getattr(self, name) <= 0]
        if wrong:
            raise RobotError(f"{', '.join(wrong)} must be positive")


def _check(joint: Joint) -> None:
    if not joint.low_rad <= joint.home_rad <= joint.high_rad or joint.low_rad == joint.high_rad:
        raise RobotError(
            f"joint {joint.name}: home_rad must lie between low_rad and high_rad, "
            f"got {joint.home_rad} and {joint.low_rad} to {joint.high_rad}"
        )
    positive = ("velocity_rad_s", "torque_nm", "stiffness_nm_rad", "damping_nm_s_rad", "action_rad")
    wrong = [name for name in positive if getattr(joint, name) <= 0]
    if wrong:
        raise RobotError(f"joint {joint.name}: {', '.join(wrong)} must be positive")
