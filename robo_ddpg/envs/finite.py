"""Numbers that a learner in float32 can take."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Mask

_LARGEST = float(np.finfo(np.float32).max)


def finite_rows(values: NDArray[Any]) -> Mask:
    """Which rows of (n, ...) are finite in float32, (n,)."""
    finite = np.abs(values) <= _LARGEST
    return np.asarray(finite.all(axis=tuple(range(1, finite.ndim))))


def first_not_finite(
    observation: NDArray[Any], reward: NDArray[Any], parts: Mapping[str, slice]
) -> tuple[int, str]:
    """The first simulation with something that is not finite in float32, and what that was.

    Args:
        observation: (n, o).
        reward: (n,).
        parts: part of the observation -> its components.
    """
    values = np.column_stack((observation, reward))
    i, k = np.argwhere(~(np.abs(values) <= _LARGEST))[0].tolist()
    name = "reward"
    if k < observation.shape[1]:
        part = next(part for part, place in parts.items() if place.start <= k < place.stop)
        name = f"{part}[{k - parts[part].start}]"
    return i, f"{name} = {values[i, k]:g}"
