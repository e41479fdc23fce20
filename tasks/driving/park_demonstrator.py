"""A scripted solution of `drive-park`: along the aisle, round an arc, straight into the slot."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.car_park.pose import direction
from tasks.driving.park import Park

RADIUS_M = (1.9, 2.6)
"""Radius of the arc of the rear axle, forwards and backwards into the slot [m]."""
ARC_END_M = (2.8, 0.6)
"""Where the arc ends, in front of the slots, likewise [m]: forwards the car has to be straight
before its front is between the others."""
RUN_UP_M = (3.5, 2.0)
"""Before the arc the car drives along the aisle for this long, likewise [m]."""
AHEAD_M = 1.2
"""It steers for a point of the path so far ahead (pure pursuit, Coulter 1992) [m], and farther by
how far it is off the path."""
POINT_M = 0.05
"""Distance of the path's points [m]."""
BRAKING_M_S2 = 0.5
"""It comes to rest with this [m/s^2]."""
FAST_M_S, SLOW_M_S = 1.8, 1.0
"""Speed along straight lines, and in bends [m/s]."""
JUMP_M = 2.0
"""A car that has moved by more since the last step begins another episode [m]."""


class ParkDemonstrator:
    """Backs away along the aisle until the way into the slot lies ahead, then follows it.

    To park backwards is to drive forwards with the rear axle in front: everything is told of the
    axle's motion, whose direction is the heading or opposite to it.
    """

    def __init__(self, task: Park) -> None:
        """Know the task.

        Args:
            task: the task; its simulations are made already.
        """
        self._task = task
        self._enters: NDArray[np.bool_] = np.zeros(0, bool)
        self._way: NDArray[np.int64] = np.zeros(0, int)
        self._last = np.zeros((0, 3))

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Steering rates and accelerations, (n, 2), for observations, (n, o)."""
        rows = np.asarray(observation, float)
        pose, goal = self._task.achieved_goal(rows), self._task.desired_goal(rows)
        motion = rows[:, self._task.layout["motion"]]
        if len(self._last) != len(pose):
            self._enters, self._last = np.zeros(len(pose), bool), pose + 2 * JUMP_M
            self._way = np.zeros(len(pose), int)
        began = np.abs(pose[:, :2] - self._last[:, :2]).max(1) > JUMP_M
        ahead = np.cos(pose[:, 2]) * (goal[:, 0] - pose[:, 0]) > 0.0
        self._way = np.where(began, np.where(ahead, 1, -1), self._way)
        self._enters &= ~began
        self._last = pose
        cars = zip(range(len(pose)), pose, goal, motion, strict=True)
        return np.array([self._one(*car) for car in cars], np.float32)

    def _one(self, index: int, pose: Array, goal: Array, motion: Array) -> tuple[float, float]:
        """The action of one car."""
        car = self._task.car
        way = int(self._way[index])  # into the slot: backwards or forwards
        axle = pose[:2] - car.middle_m * direction(pose[2])
        end = goal[:2] + way * np.array([0.0, car.middle_m])
        along = np.sign(way * np.cos(pose[2])) or 1.0  # which way the aisle leads into the slot
        kind = int(way < 0)
        radius, run_up = RADIUS_M[kind], RUN_UP_M[kind]
        line = radius + ARC_END_M[kind]
        short = along * (end[0] - axle[0])  # how far the slot lies ahead
        self._enters[index] |= short > radius + run_up
        if self._enters[index]:
            path = _path(end, along, radius, line, short + run_up)
        else:
            way, along = -way, -along
            path = axle[0] + along * np.arange(0.0, 4.0, POINT_M)
            path = np.stack([path, np.full(len(path), line)], axis=1)
        return self._follow(path, axle, pose[2], way, motion)

    def _follow(
        self, path: Array, axle: Array, heading: float, way: int, motion: Array
    ) -> tuple[float, float]:
        """Steering rate and acceleration towards a path that ends where the axle is to rest."""
        task, car = self._task, self._task.car
        away = np.linalg.norm(path - axle, axis=1)
        nearest = int(away.argmin())
        reach = AHEAD_M + away[nearest]
        target = path[min(nearest + round(reach / POINT_M), len(path) - 1)]
        left = POINT_M * (len(path) - 1 - nearest)
        if left < reach:  # beyond the end the path goes on straight
            target = target + (reach - left) * _unit(path[-1] - path[-2])
        chord, forward = target - axle, direction(heading)
        sideways = forward[0] * chord[1] - forward[1] * chord[0]
        curvature = 2.0 * sideways / (chord @ chord)
        wanted = np.clip(np.arctan(car.wheelbase_m * curvature), -1.0, 1.0)
        speed, _, steering = motion * task.motion_scales
        off = wanted - steering
        end = (path[-1] - axle) @ _unit(path[-1] - path[-2]) if left < AHEAD_M else left
        fast = FAST_M_S if abs(wanted) < 0.15 else SLOW_M_S
        fast *= np.clip(1.2 - 3.0 * abs(off), 0.0, 1.0)
        fast = min(fast, np.sqrt(2.0 * BRAKING_M_S2 * max(end, 0.0)))
        rate = off * task.settings.control_hz / car.steering_rad_s
        pull = (way * fast - speed) * task.settings.control_hz / task.acceleration_m_s2
        return float(np.clip(rate, -1.0, 1.0)), float(np.clip(pull, -1.0, 1.0))


def _path(end: Array, along: float, radius: float, line: float, length: float) -> Array:
    """Points along the aisle, round the arc, and into the slot [m], (k, 2).

    Args:
        end: where it ends [m], (2,).
        along: its direction along the aisle, -1 or 1.
        radius: of the arc [m].
        line: where it runs in the aisle [m].
        length: of the part in the aisle [m].
    """
    start = np.arange(-length, 0.0, POINT_M)
    aisle = np.stack([start, np.zeros(len(start))], axis=1)
    angle = np.arange(0.0, np.pi / 2, POINT_M / radius)
    arc = radius * np.stack([np.sin(angle), np.cos(angle) - 1.0], axis=1)
    deep = np.arange(radius, line - end[1], POINT_M)
    slot = np.stack([np.full(len(deep), radius), -deep], axis=1)
    points = np.concatenate([aisle, arc, slot, [[radius, end[1] - line]]])
    return np.asarray(points * [along, 1.0] + [end[0] - along * radius, line])


def _unit(vector: Array) -> Array:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
