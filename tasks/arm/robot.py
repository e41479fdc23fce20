"""What is known of the robots beyond their MJCF: motion limits and the names a task needs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MotionLimits:
    """Limits of a robot's commanded motion, one value per joint."""

    velocity_rad_s: tuple[float, ...]
    """Joint speed [rad/s]."""
    acceleration_rad_s2: tuple[float, ...]
    """Joint acceleration [rad/s^2]."""
    jerk_rad_s3: tuple[float, ...]
    """Joint jerk [rad/s^3]."""
    torque_nm: tuple[float, ...]
    """Joint torque [N m]."""
    hand_speed_m_s: float
    """Speed of the fingertip point [m/s]."""
    margin: float = 0.04
    """Share of each limit kept free for what the physics adds to the commanded motion."""
    workspace_margin_m: float = 0.005
    """Distance from the workspace's planes kept free for the same reason [m]."""

    def __post_init__(self) -> None:
        """Check that the limits are complete, finite and positive."""
        vectors = (
            self.velocity_rad_s,
            self.acceleration_rad_s2,
            self.jerk_rad_s3,
            self.torque_nm,
        )
        if len({len(vector) for vector in vectors}) != 1:
            raise ValueError(f"limits must have one value per joint each, got {vectors}")
        values = np.concatenate([*vectors, [self.hand_speed_m_s]])
        if not (np.isfinite(values).all() and (values > 0).all()):
            raise ValueError(f"limits must be finite and positive, got {self}")
        if not 0 <= self.margin < 1:
            raise ValueError(f"margin must be in [0, 1), got {self.margin}")
        if not self.workspace_margin_m >= 0:
            raise ValueError(f"workspace_margin_m must be >= 0, got {self.workspace_margin_m}")


@dataclass(frozen=True)
class HalfSpace:
    """A site must stay on the inner side of a plane: normal . position >= offset."""

    site: str
    """Name of the site."""
    normal: tuple[float, float, float]
    """Inward unit normal, in world coordinates."""
    offset_m: float
    """Distance of the plane from the world origin along the normal [m]."""


def box(site: str, low: tuple[float, ...], high: tuple[float, ...]) -> tuple[HalfSpace, ...]:
    """The six half-spaces of an axis-aligned box, for one site.

    Args:
        site: site that must stay inside.
        low: lower corner [m], (3,).
        high: upper corner [m], (3,).
    """
    sides = []
    for axis in range(3):
        unit = np.eye(3)[axis]
        sides.append(HalfSpace(site, tuple(unit), low[axis]))
        sides.append(HalfSpace(site, tuple(-unit), -high[axis]))
    return tuple(sides)


@dataclass(frozen=True)
class Arm:
    """A robot arm with a gripper, as the action modes and the safety filter see it."""

    joints: tuple[str, ...]
    """Arm joints, from the base outward; each has a position actuator of the same name."""
    fingers: tuple[str, ...]
    """Finger joints, slides or hinges; each has a position actuator of the same name."""
    finger_ends: tuple[tuple[float, float], ...]
    """Where each finger is closed and where it is open [m or rad]."""
    finger_travel_m: float
    """How far a fingertip moves from the one to the other [m]."""
    tip: str
    """Site at the fingertips; its z axis points out of the hand."""
    limits: MotionLimits
    """Limits of the commanded motion."""
    workspace: tuple[HalfSpace, ...]
    """Where the arm may be."""
    finger_speed_m_s: float
    """Speed of one finger [m/s]."""
    finger_lead_m: float
    """Farthest that the fingers' target may be ahead of them [m]: it bounds how hard they press,
    and lets them open again at once."""
    grip_shift: float = 0.0
    """How far the point between the pads moves along the tip's y axis as the fingers open, per
    opening: 0 where two move alike, .5 where one does, and the other is fixed."""


PANDA = Arm(
    joints=tuple(f"joint{i}" for i in range(1, 8)),
    fingers=("finger_joint1", "finger_joint2"),
    finger_ends=((0.0, 0.04), (0.0, 0.04)),
    finger_travel_m=0.04,
    tip="tip",
    # Franka Control Interface documentation, "Robot and interface specifications", for Panda.
    limits=MotionLimits(
        velocity_rad_s=(2.1750, 2.1750, 2.1750, 2.1750, 2.6100, 2.6100, 2.6100),
        acceleration_rad_s2=(15.0, 7.5, 10.0, 12.5, 15.0, 20.0, 20.0),
        jerk_rad_s3=(7500.0, 3750.0, 5000.0, 6250.0, 7500.0, 10000.0, 10000.0),
        torque_nm=(87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0),
        hand_speed_m_s=1.7,
    ),
    # The table top is z = 0. The elbow and the wrist have their own clearance, because a hand
    # that points up would satisfy the fingertip's.
    workspace=(
        *box("tip", low=(0.20, -0.50, 0.0115), high=(0.75, 0.50, 0.65)),
        HalfSpace("wrist", (0.0, 0.0, 1.0), 0.11),
        HalfSpace("elbow", (0.0, 0.0, 1.0), 0.10),
    ),
    # Franka Hand data sheet: 50 mm/s per finger.
    finger_speed_m_s=0.05,
    finger_lead_m=0.008,
)
"""The Franka Emika Panda."""
