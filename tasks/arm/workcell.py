"""Where an arm stands, and what a task takes from the arm and its place instead of knowing it."""

from collections.abc import Callable
from dataclasses import dataclass

import mujoco

from tasks.arm.robot import PANDA, Arm
from tasks.arm.scene import arm_scene
from tasks.goals import PointView

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Workcell:
    """An arm at a table whose top is the plane z = 0."""

    arm: Arm
    """The robot."""
    scene: Callable[[float], mujoco.MjSpec]
    """Makes the scene with the arm in it, keyframe `home`, for a physics time step [s]."""
    view: PointView
    """How points are observed: what the fingertips get to lies within [-1, 1]."""
    touching: tuple[str, ...]
    """Geoms of the arm that the table is solid for."""
    fingers_m: float = 0.0
    """Where fingers are held that have nothing to do [m]."""
    down: bool = True
    """Whether the arm can keep its hand pointing down."""
    goals: tuple[Point, Point] | None = None
    """Corners of the box that goals are drawn from [m]; None for the defaults of the task."""


PANDA_CELL = Workcell(
    arm=PANDA,
    scene=arm_scene,
    view=PointView((0.45, 0.0, 0.25), 0.3, 0.04),
    touching=(
        *(f"link{i}_collision" for i in range(4, 8)),
        *("hand_collision", "left_pad_collision", "right_pad_collision"),
    ),
    # At the end of their range physics would solve for the fingers' stops, at every step.
    fingers_m=0.02,
)
"""The Panda on its table."""
