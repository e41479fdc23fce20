"""What is known of the hand of an arm: its tip, and the fingers of its gripper."""

from dataclasses import dataclass

from tasks.described.error import RobotError

SHAPES = ("left_pad", "right_pad", "left_finger", "right_finger", "hand")
"""What of a gripper an object can touch; the left is on the +y side of the tip."""


@dataclass(frozen=True)
class Tip:
    """The point that tasks move; of a gripper, the point between its pads when it is closed."""

    body: str
    """The body that it is fixed to."""
    position_m: tuple[float, float, float]
    """Where it is on the body [m]."""
    quaternion: tuple[float, float, float, float]
    """Its frame on the body, real part first. z points out of the hand, or of a gripper, down as it
    picks things up; grippers close along y."""


@dataclass(frozen=True)
class Finger:
    """A joint that moves one side of the gripper."""

    joint: str
    """As in the robot's file, a slide or a hinge."""
    closed: float
    """Position at which the gripper is closed: of a slide [m], of a hinge [rad]."""
    open: float
    """Position at which it is open, likewise."""


@dataclass(frozen=True)
class Link:
    """A joint that a finger takes along, such as the others of a four-bar."""

    joint: str
    """As in the robot's file."""
    follows: str
    """The finger's joint."""
    curve: tuple[float, float, float, float, float]
    """Coefficients of the polynomial that its position is of the finger's, both measured from
    where the file has them."""


@dataclass(frozen=True)
class Shape:
    """A box that an object can touch."""

    name: str
    """One of `SHAPES`."""
    body: str
    """The body that it is fixed to."""
    position_m: tuple[float, float, float]
    """Its middle, on the body [m]."""
    quaternion: tuple[float, float, float, float]
    """How it is turned on the body, real part first."""
    half_m: tuple[float, float, float]
    """Half its sides [m]."""


@dataclass(frozen=True)
class GraspSpace:
    """Where objects are picked up and carried to, with the tip's z axis pointing down."""

    home_rad: tuple[float, ...]
    """Joint positions that episodes start from [rad]."""
    objects_low_m: tuple[float, float]
    """Corner of the rectangle that objects start in [m]."""
    objects_high_m: tuple[float, float]
    """Opposite corner [m]."""
    goal_low_m: tuple[float, float, float]
    """Lower corner of the box that goals are drawn from [m]."""
    goal_high_m: tuple[float, float, float]
    """Its upper corner [m]."""
    low_m: tuple[float, float, float]
    """Lower corner of the box that the safety filter keeps the tip in [m]."""
    high_m: tuple[float, float, float]
    """Its upper corner [m]."""
    step_m: float | None = None
    """Displacement of the fingertips per control step that the arm follows in time [m]; None: that
    of the task."""


@dataclass(frozen=True)
class Gripper:
    """Two fingers that close on what is between them, driven as one, or one on a fixed one."""

    closed_m: float
    """Distance of the pads when it is closed [m]; below 0 where they would overlap."""
    open_m: float
    """Distance of the pads when it is open [m]."""
    object_m: tuple[float, float]
    """Widths of objects for it, least and greatest [m]."""
    speed_m_s: float
    """Speed of each pad [m/s]."""
    stiffness_n_m: float
    """Gain of a finger's servo, at its pad [N/m]."""
    damping_n_s_m: float
    """Damping of a finger's servo, at its pad [N s/m]."""
    force_n: float
    """Highest force of each pad [N]."""
    tip: Tip
    space: GraspSpace
    finger: tuple[Finger, ...]
    """The left and the right one, or the left one alone where the right one is fixed."""
    link: tuple[Link, ...]
    shape: tuple[Shape, ...]

    def __post_init__(self) -> None:
        """Check the fingers that move, what follows them, and all shapes."""
        leaders = [each.joint for each in self.finger]
        if any(link.follows not in leaders for link in self.link):
            raise RobotError(f"gripper.link: follows must be one of {', '.join(leaders)}")
        if len(self.finger) not in (1, 2) or any(f.closed == f.open for f in self.finger):
            raise RobotError("gripper.finger must be two, or one, and their ends differ")
        if sorted(each.name for each in self.shape) != sorted(SHAPES):
            raise RobotError(f"gripper.shape must be one each of {', '.join(SHAPES)}")
        least, greatest = self.object_m
        if not max(0.0, self.closed_m) < least <= greatest < self.open_m:
            raise RobotError(
                "gripper.object_m must be a range between closed_m and open_m, got "
                f"{self.object_m}, {self.closed_m} and {self.open_m}"
            )
        values = [self.speed_m_s, self.stiffness_n_m, self.damping_n_s_m, self.force_n]
        values += [] if self.space.step_m is None else [self.space.step_m]
        if min(values) <= 0 or any(min(each.half_m) <= 0 for each in self.shape):
            raise RobotError(
                "gripper: speed, stiffness, damping, force, step_m and sizes must be positive"
            )

    @property
    def joints(self) -> tuple[str, ...]:
        """All that move, the fingers' own first."""
        return tuple(part.joint for parts in (self.finger, self.link) for part in parts)

    @property
    def travel_m(self) -> float:
        """How far each pad that moves does [m]."""
        return (self.open_m - self.closed_m) / len(self.finger)
