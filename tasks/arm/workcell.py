"""Where an arm stands, and what a task takes from the arm and its place instead of knowing it."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import mujoco

from tasks.arm.robot import PANDA, Arm, HalfSpace, box
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


@dataclass(frozen=True)
class GraspCell:
    """An arm with a gripper at such a table, its hand pointing down or as far as it can."""

    arm: Arm
    """The robot; its tip is where the pads meet, along the tip's y."""
    scene: Callable[[float], mujoco.MjSpec]
    """Makes the scene, keyframe `home`, for a physics time step [s]. It has the geoms `PADS` and
    `FINGERS` of `grasp_scene`."""
    start_rad: tuple[float, ...]
    """Joint positions at the start [rad]: the fingertips above the objects."""
    view: PointView
    """How points are observed."""
    half_m: tuple[float, float]
    """Half-width of the object that is observed as 0, and the difference from it that is observed
    as 1 [m]: the middle of the default widths, halved, and their ends."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the robot has values of its own for."""


PANDA_GRASP_CELL = GraspCell(
    arm=dataclasses.replace(
        PANDA,
        # The pads reach 9.25 mm beyond the tip: they stay 2 mm clear of the table.
        workspace=(
            *box("tip", low=(0.25, -0.40, 0.0115), high=(0.70, 0.40, 0.50)),
            HalfSpace("wrist", (0.0, 0.0, 1.0), 0.06),
            HalfSpace("elbow", (0.0, 0.0, 1.0), 0.10),
        ),
    ),
    scene=arm_scene,
    # The fingertips are 0.2 m above the middle of the cubes' area.
    start_rad=(0.0, -0.0331, 0.0, -2.4767, 0.0, 2.4435, 0.7854),
    view=PointView((0.47, 0.0, 0.15), 0.2, 0.04),
    half_m=(0.0225, 0.0025),
)
"""The Panda on its table, with cubes in front of it."""
