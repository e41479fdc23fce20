"""Settings of `grasp`."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tasks.arm.objects import NAMES
from tasks.arm.task import ArmSettings
from tasks.task import OfRobot


@dataclass(frozen=True)
class GraspSettings(ArmSettings):
    """Settings of `grasp`."""

    step_m: float = 0.02
    """Displacement of the fingertips per control step at full action [m]."""
    episode_s: float = 4.0
    """Episode length [s]: picking and carrying take 2 s, and a dropped cube can be picked again."""
    goal: Literal["air", "table", "lift"] = "air"
    """Where goals are: in the air, on the table, where the cube has to lie, or 0.12 m above the
    cube (lift only)."""
    shape: Literal["cube", "cylinder", "sphere", "box", "any"] = "cube"
    """The object; a box is twice as long as wide and needs yaw; `any` draws one per episode."""
    yaw: bool = True
    """Whether a fourth action component turns the hand about the vertical."""
    yaw_step_rad: float = 0.1
    """Turn of the hand per control step at full action [rad]."""
    cube_m: tuple[float, float] = (0.04, 0.05)
    """Range that the cube's edge, or the object's width, is drawn from [m]."""
    tolerance_m: float = 0.03
    """Success: the cube's centre is this close to the goal [m]."""
    hold_s: float = 0.5
    """Success: it has been, held by both fingers or lying on the table, for at least this long
    [s]."""
    cube_low_m: tuple[float, float] = (0.38, -0.20)
    """Corner of the rectangle that the cube starts in [m]."""
    cube_high_m: tuple[float, float] = (0.58, 0.20)
    """Opposite corner [m]."""
    goal_low_m: tuple[float, float, float] = (0.35, -0.25, 0.10)
    """Lower corner of the box that goals in the air are drawn from [m]."""
    goal_high_m: tuple[float, float, float] = (0.60, 0.25, 0.35)
    """Upper corner [m]."""
    start_noise_rad: float = 0.05
    """Standard deviation of the joints' initial positions [rad]."""
    robot: OfRobot = ""
    """What `robo-ddpg adopt` wrote about another arm with a gripper: the file, or its content;
    empty for the Panda."""

    def __post_init__(self) -> None:
        """Check what `ArmSettings` checks, the kind of goal, and all ranges."""
        super().__post_init__()
        if self.goal not in ("air", "table", "lift"):
            raise ValueError(f"goal must be 'air', 'table' or 'lift', got {self.goal!r}")
        if self.shape not in (*NAMES, "any"):
            raise ValueError(f"shape must be 'any' or one of {NAMES}, got {self.shape!r}")
        if not 0 < self.cube_m[0] <= self.cube_m[1]:
            raise ValueError(f"cube_m must be a positive range, got {self.cube_m}")
        for low, high in (("cube_low_m", "cube_high_m"), ("goal_low_m", "goal_high_m")):
            if not np.all(np.less(getattr(self, low), getattr(self, high))):
                raise ValueError(f"{low} must lie below {high}, got {self}")
        if self.tolerance_m <= 0 or self.hold_s < 0 or self.yaw_step_rad <= 0:
            raise ValueError(
                f"tolerance_m and yaw_step_rad must be positive, hold_s non-negative, got {self}"
            )
