"""What the task of four-legged robots takes from one of them instead of knowing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import mujoco

from tasks.legged.gait import TROT, Steps
from tasks.legged.robot import QUADRUPED, LeggedRobot
from tasks.legged.scene import legged_scene

LEG_M = 0.426
"""Length of our quadruped's stretched leg [m]."""


@dataclass(frozen=True)
class FourLegs:
    """A robot on four legs, each with an abduction, a hip and a knee."""

    robot: LeggedRobot
    """The robot."""
    scene: Callable[[float], mujoco.MjSpec]
    """Makes the robot on flat ground, keyframe `home`, for a physics time step [s]."""
    steps: Steps
    """How it trots on the spot."""
    action_rad: tuple[float, ...]
    """Joint angles at full action [rad], (12,)."""
    lowest_m: float
    """It counts as fallen where its torso is lower than this above the foot of all bumps [m]."""
    leg_m: float = LEG_M
    """Length of a stretched leg [m]."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the robot has values of its own for."""

    @property
    def size(self) -> float:
        """Lengths, compared with our quadruped's."""
        return self.leg_m / LEG_M

    @property
    def pace(self) -> float:
        """Speeds and times, likewise.

        What walks with the same Froude number v^2 / (g l) walks alike (Alexander & Jayes 1983, A
        dynamic similarity hypothesis for the gaits of quadrupedal mammals).
        """
        return float(self.size**0.5)


def _quadruped_scene(timestep_s: float) -> mujoco.MjSpec:
    return legged_scene(QUADRUPED, timestep_s)


QUADRUPED_LEGS = FourLegs(
    robot=QUADRUPED,
    scene=_quadruped_scene,
    steps=TROT,
    # For the abduction, the hip and the knee of each leg: enough to step aside as far as the
    # greatest push asks for, and too little to undo what lifts the foot.
    action_rad=(0.45, 0.5, 0.3) * 4,
    lowest_m=0.2,
)
"""Our own."""
