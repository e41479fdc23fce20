"""How a hand is held to pick things up: pointing down, or tilted as far as it has to be."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.gripper.area import find_area
from robo_ddpg.adopt.gripper.pads import TIP_M, Pads
from robo_ddpg.adopt.gripper.travel import NoGripperError
from robo_ddpg.control.arm.action_modes import twist_rows
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import GraspSpace, Tip
from tasks.arrays import Array

TILTS_DEG = (0, 30, 45, 60)
"""How far the hand of an arm with fewer than six joints is tilted [degrees]."""
WORTH = 0.6
"""It is tilted no farther than for a box this large, compared with the largest."""
LOWER_M = 0.004
"""How much lower the tip of a tilted hand is at most, so that it gets to the middle of objects as
that of an upright one does [m]."""


@dataclass(frozen=True)
class Held:
    """A way to hold the hand."""

    tip: Tip
    """Where the pads meet; z points down."""
    space: GraspSpace
    """Where it gets to like that."""
    tilt_deg: int
    """How far it is tilted about the direction in which it closes [degrees]."""

    @property
    def size_m3(self) -> float:
        """Of the box that goals are drawn from, down to the table [m^3]."""
        (x0, y0, _), (x1, y1, z1) = self.space.goal_low_m, self.space.goal_high_m
        return (x1 - x0) * (y1 - y0) * z1


def find_held(robot: Robot, pads: Pads, object_m: tuple[float, float]) -> Held:
    """How a hand is best held.

    Args:
        robot: its arm.
        pads: where they are; those of the hand upright.
        object_m: widths of objects, least and greatest [m].

    Raises:
        NoGripperError: it gets to no useful part of the table, however it is held.
    """
    ways, refusals = [], []
    for tilt in TILTS_DEG if twist_rows(len(robot.joint)) < 6 else (0,):
        for signed in sorted({tilt, -tilt}, reverse=True):
            tip, beyond_m = _tilted(pads, np.radians(signed))
            try:
                ways.append(Held(tip, find_area(robot, tip, beyond_m, object_m), tilt))
            except NoGripperError as refusal:
                refusals.append(refusal)
            else:
                break
    if not ways:
        raise refusals[0]
    worth = WORTH * max(way.size_m3 for way in ways)
    return next(way for way in ways if way.size_m3 >= worth)


def _tilted(pads: Pads, tilt: float) -> tuple[Tip, float]:
    """The tip of a hand that is tilted by an angle [rad].

    Returns:
        The tip, nearer to the pads' ends than that of an upright hand, because pads reach lower
        when they are tilted, and how far they do [m].
    """
    tip, turn = pads.tip, np.array([np.cos(tilt / 2), 0.0, np.sin(tilt / 2), 0.0])
    out, quaternion = np.zeros(3), np.zeros(4)
    mujoco.mju_rotVecQuat(out, np.array([0.0, 0.0, 1.0]), np.array(tip.quaternion))
    mujoco.mju_mulQuat(quaternion, np.array(tip.quaternion), turn)
    beyond_m = pads.beyond_m(np.array([np.sin(tilt), 0.0, np.cos(tilt)]))
    lower = float(np.clip(beyond_m - TIP_M, 0.0, LOWER_M)) if tilt else 0.0
    x, y, z = _rounded(tip.position_m + lower / np.cos(tilt) * out)
    real, i, j, k = _rounded(quaternion)
    return Tip(tip.body, (x, y, z), (real, i, j, k)), beyond_m - lower


def _rounded(values: Array) -> list[float]:
    return [float(value) + 0.0 for value in np.round(values, 6)]
