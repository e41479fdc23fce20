"""Where an arm with a gripper picks objects up, and where it carries them."""

import dataclasses

import numpy as np

from robo_ddpg.adopt import space
from robo_ddpg.adopt.gripper.travel import NoGripperError
from robo_ddpg.adopt.posing import Poser
from robo_ddpg.adopt.space import FREE_M, Found, find_space, grid_axes
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import GraspSpace, Tip
from tasks.arrays import Array

HIGH_M = 0.36
"""Height of the grid above its lowest points [m]."""
LARGEST_M = np.array([0.25, 0.50, 0.34])
"""Sides of the box at most: what is carried across within an episode [m]."""
INSET = 0.1
"""Share of the goals' box that is free of objects at each side."""
CARRIED_M = 0.08
"""How far above where objects lie goals are at least [m]."""
CLEAR_M = 0.002
"""Height of the pads above the table that the safety filter keeps [m]."""
LOWEST_M = 0.009
"""That height at the lowest points of the grid: with the margins of the filter [m]."""
STEP_M = 0.02
"""Displacement of the fingertips per control step, if the arm is quick enough [m]."""
PERIODS, PERIOD_S = 2.75, 0.05
"""Control steps within which joints get up to that speed, as our own arm's do, and their length."""
MARGIN_M = np.array([0.10, 0.15, 0.15])
"""How far the tip may leave the goals' box before the safety filter holds it [m]."""


def find_area(robot: Robot, tip: Tip, beyond_m: float, object_m: tuple[float, float]) -> GraspSpace:
    """Rectangle of objects and box of goals that an arm gets to with its hand down.

    Args:
        robot: the arm.
        tip: between the pads.
        beyond_m: how far the fingers reach beyond it [m].
        object_m: widths of objects, least and greatest [m].

    Raises:
        NoGripperError: there is no such box of a useful size.
    """
    poser = Poser(dataclasses.replace(robot, tip=tip), int(np.prod(space.CELLS)))
    places = poser.place(poser.random(np.random.default_rng(0)))
    low = max(beyond_m + LOWEST_M, object_m[0] / 2)
    x, y, _ = grid_axes(places[places[:, 2] > 0], low - FREE_M)
    axes = (x, y, np.linspace(low, low + HIGH_M, space.CELLS[2]))
    found = find_space(poser, axes, down=True, standing=True)
    if found is None:
        raise NoGripperError("one, but no 8 cm of the table that the hand gets to pointing down")
    limits = np.array([joint.acceleration_rad_s2 for joint in robot.joint])
    quickest = PERIODS * PERIOD_S**2 * limits / np.abs(poser.rates(found.home))
    step_m = round(float(quickest.min()), 4)
    return _area(found, beyond_m, step_m if step_m < STEP_M else None)


def _area(found: Found, beyond_m: float, step_m: float | None) -> GraspSpace:
    middle, half = (found.low + found.high) / 2, (found.high - found.low) / 2
    half[:2] = np.minimum(half[:2], LARGEST_M[:2] / 2)
    low, high = middle - half, middle + half
    high[2] = min(high[2], low[2] + LARGEST_M[2])
    inset = INSET * (high - low)
    least, most = low - MARGIN_M, high + MARGIN_M
    least[2] = beyond_m + CLEAR_M
    goal_low = np.array([low[0], low[1], low[2] + CARRIED_M])
    return GraspSpace(
        home_rad=tuple(np.round(found.home, 4).tolist()),
        objects_low_m=_pair((low + inset)[:2]),
        objects_high_m=_pair((high - inset)[:2]),
        goal_low_m=_corner(goal_low),
        goal_high_m=_corner(high),
        low_m=_corner(least),
        high_m=_corner(most),
        step_m=step_m,
    )


def _pair(values: Array) -> tuple[float, float]:
    x, y = np.round(values, 3).tolist()
    return x, y


def _corner(values: Array) -> tuple[float, float, float]:
    x, y, z = np.round(values, 4).tolist()
    return x, y, z
