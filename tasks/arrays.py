"""Kinds of arrays; the first dimension is the simulation unless said otherwise."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""What physics and tasks calculate with."""
Mask = NDArray[np.bool_]
"""Yes or no, per simulation."""
Ids = NDArray[np.intp]
"""Indices of simulations."""
Generators = list[np.random.Generator]
"""A random generator per simulation."""
Float32 = NDArray[np.float32]
"""What networks calculate with: observations and actions."""
Int64 = NDArray[np.int64]
"""Counts and seeds."""


def clip(value: Array, low: Array | float, high: Array | float, out: Array | None = None) -> Array:
    """`np.clip` without its overhead, which takes longer than clipping what one robot has."""
    return np.asarray(np.minimum(np.maximum(value, low, out=out), high, out=out))


def as_slice(ids: Ids) -> "slice | Ids":
    """Consecutive indices as a slice, which indexes without copying; others as they are."""
    if not len(ids):
        return slice(0, 0)
    if (np.diff(ids) == 1).all():
        return slice(int(ids[0]), int(ids[-1]) + 1)
    return ids


def norm(vectors: Array) -> Array:
    """Lengths, (..., 3) -> (...)."""
    return np.asarray(np.sqrt(np.add.reduce(np.square(vectors), -1)))
