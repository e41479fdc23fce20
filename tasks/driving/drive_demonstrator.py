"""A scripted solution of `drive`: along a lane, behind the car ahead, past it if there is room."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.drive import Drive
from tasks.driving.road.road import LANE_M, LANES_M
from tasks.driving.road.sight import BEND
from tasks.driving.road.traffic import FREE_M, follow

OFF_GAIN, TURN_GAIN = 0.004, 0.11
"""Curvature against a distance from the lane's middle [1/m^2], and against a turn off it [1/m]: it
comes back within some 16 m, well damped, as steering takes the car several metres."""
FARTHEST_M = 2.0
"""It comes back from farther away as from here [m]."""
NEARER, CLOSE, FREE = 0.15, 0.35, np.array([0.6, 0.75])
"""It passes who is so near (`CLOSE`, as observed) where on the other lane nobody is as near, less
`NEARER`, nor as near as `FREE` ahead and behind."""


class DriveDemonstrator:
    """Follows others as they follow each other, by the intelligent driver model."""

    def __init__(self, task: Drive) -> None:
        """Know the task.

        Args:
            task: the task; its simulations are made already.
        """
        self._task = task

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Steering rates and accelerations, (n, 2), for observations, (n, o)."""
        task, rows = self._task, np.asarray(observation, float)
        parts = {name: rows[:, where] for name, where in task.layout.items()}
        speed, _, steering = (parts["motion"] * task.motion_scales).T
        cars = parts["cars"].reshape(-1, 2, 2, 3)
        lane = (parts["place"][:, 0] > 0.0).astype(int)
        wanted = self._steering(parts, _lane(lane, cars))
        rate = 0.6 * (wanted - steering) * task.settings.control_hz / task.steering_rad_s
        ahead = cars[np.arange(len(rows)), lane, 0]
        gap = np.where(ahead[:, 0] > 0.0, (1.0 - ahead[:, 0]) * task.sight.cars_m, FREE_M)
        limit = parts["allowed"][:, :2].min(1) * task.settings.limit_m_s
        pull = 2.0 * follow(speed, 0.97 * limit, gap, speed + 10.0 * ahead[:, 1])
        action = np.stack([rate, pull / task.acceleration_m_s2], axis=1)
        return np.asarray(np.clip(action, -1.0, 1.0), np.float32)

    def _steering(self, parts: dict[str, Array], lane: NDArray[np.intp]) -> Array:
        """The steering angle that leads along a lane [rad], (n,)."""
        off = parts["place"][:, 0] * LANE_M - LANES_M[lane]
        turn = np.arcsin(np.clip(parts["place"][:, 1] / 5.0, -1.0, 1.0))
        curvature = parts["bends"][:, :2].mean(1) / BEND - TURN_GAIN * turn
        curvature = curvature - OFF_GAIN * np.clip(off, -FARTHEST_M, FARTHEST_M)
        return np.asarray(np.arctan(self._task.car.wheelbase_m * curvature))


def _lane(lane: NDArray[np.intp], cars: Array) -> NDArray[np.intp]:
    """The lane to drive on, (n,): the other one where somebody is ahead and it is freer."""
    index, other = np.arange(len(lane)), 1 - lane
    ahead, there, behind = (
        cars[index, which, way, 0] for which, way in ((lane, 0), (other, 0), (other, 1))
    )
    passes = (ahead > CLOSE) & (there < ahead - NEARER) & (there < FREE[0]) & (behind < FREE[1])
    return np.where(passes, other, lane)
