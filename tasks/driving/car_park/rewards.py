"""What parking is worth: terms of poses (x [m], y [m], heading [rad]) and of how the car drives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.car_park.pose import turn_between
from tasks.rewards import closeness, tolerance

LEVER_M = 3.0
"""How much a turn counts as distance [m/rad]: what is left of a turn when the car is in the slot
can hardly be mended there."""


def errors(achieved: Array, desired: Array) -> tuple[Array, Array]:
    """Distance [m] and turn [rad], not negative, between poses, (b, 3) each -> (b,) each."""
    away = desired[..., :2] - achieved[..., :2]
    return np.linalg.norm(away, axis=-1), np.abs(turn_between(achieved, desired))


def _beside(achieved: Array, desired: Array) -> Array:
    """How far to the side of the desired pose's line the achieved one is [m], (b,)."""
    away = desired[..., :2] - achieved[..., :2]
    heading = desired[..., 2]
    return np.asarray(away[..., 0] * np.sin(heading) - away[..., 1] * np.cos(heading))


def parking_terms(achieved: Array, desired: Array, info: NDArray[Any]) -> dict[str, Array]:
    """The terms of the reward, (b,) each, in [0, 1].

    Args:
        achieved: where the car is, (b, 3).
        desired: where it should be, (b, 3).
        info: speed [m/s] and how calmly it drives, (b, k).
    """
    distance, turn = errors(achieved, desired)
    error = np.hypot(distance, LEVER_M * turn)
    parked = closeness(error, 0.2)
    astray = np.hypot(_beside(achieved, desired), LEVER_M * turn)
    return {
        "lined": closeness(astray, 0.8) * closeness(distance, 10.0),
        "near": closeness(error, 5.0),
        "parked": parked,
        "still": parked * tolerance(info[..., 0], margin=0.3),
        "calm": info[..., 1],
    }
