"""What is known of an arm that comes as a file of its own: all that its tasks need, as data."""

from dataclasses import dataclass

from tasks.arm.described.hand import Gripper, Tip
from tasks.described.error import RobotError
from tasks.described.joint import DrivenJoint


@dataclass(frozen=True)
class Joint(DrivenJoint):
    """A hinge of the arm, and how it is driven."""

    acceleration_rad_s2: float
    """Highest acceleration [rad/s^2]."""
    jerk_rad_s3: float
    """Highest jerk [rad/s^3]."""


@dataclass(frozen=True)
class Base:
    """How the robot stands at the table, whose top is z = 0 and whose middle is at x = 0.3 m."""

    body: str
    """The body that the arm grows from."""
    position_m: tuple[float, float, float]
    """Where it is [m]."""
    quaternion: tuple[float, float, float, float]
    """How it is turned, real part first."""


@dataclass(frozen=True)
class Space:
    """Where the tip may be, and where its goals are."""

    goal_low_m: tuple[float, float, float]
    """Lower corner of the box that goals are drawn from [m]."""
    goal_high_m: tuple[float, float, float]
    """Its upper corner [m]."""
    low_m: tuple[float, float, float]
    """Lower corner of the box that the safety filter keeps the tip in [m]."""
    high_m: tuple[float, float, float]
    """Its upper corner [m]."""


@dataclass(frozen=True)
class Clearance:
    """A body whose origin the safety filter keeps above the table."""

    body: str
    """The body."""
    height_m: float
    """How far above [m]."""


@dataclass(frozen=True)
class Robot:
    """An arm: a chain of hinges from a base that does not move to a tip."""

    name: str
    """What it is called."""
    model: str
    """Its MJCF or URDF; beside this file if it is no absolute path."""
    down: bool
    """Whether the hand keeps pointing down; if not, only the tip's position is commanded."""
    hand_speed_m_s: float
    """Highest speed of the tip [m/s]."""
    touching: tuple[str, ...]
    """Geoms that the table is solid for."""
    base: Base
    tip: Tip
    workspace: Space
    clearance: tuple[Clearance, ...]
    joint: tuple[Joint, ...]
    """From the base to the tip."""
    gripper: Gripper | None = None
    """Fingers that close; None: there are none, or they were not understood."""

    def __post_init__(self) -> None:
        """Check that there are joints, and that ranges are ranges."""
        if not self.joint:
            raise RobotError(f"{self.name} needs at least one joint")
        for joint in self.joint:
            if not joint.low_rad <= joint.home_rad <= joint.high_rad:
                raise RobotError(
                    f"joint {joint.name}: home_rad must lie between low_rad and high_rad, "
                    f"got {joint.home_rad} and {joint.low_rad} to {joint.high_rad}"
                )
            if min(joint.stiffness_nm_rad, joint.damping_nm_s_rad) <= 0:
                raise RobotError(f"joint {joint.name}: stiffness and damping must be positive")
        if self.gripper is not None:
            self._check_gripper(self.gripper)

    def _check_gripper(self, gripper: Gripper) -> None:
        names = [*(joint.name for joint in self.joint), *gripper.joints]
        if len(set(names)) < len(names):
            raise RobotError(f"each joint can be there once, got {', '.join(names)}")
        homes = gripper.space.home_rad
        inside = len(homes) == len(self.joint) and all(
            joint.low_rad <= home <= joint.high_rad
            for joint, home in zip(self.joint, homes, strict=True)
        )
        if not inside:
            raise RobotError(
                "gripper.space.home_rad must be a position of each joint, in its range"
            )
