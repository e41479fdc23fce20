"""Turning vectors by many orientations at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def to_body(quaternion: Array, vector: Array) -> Array:
    """Express world vectors in the frames of bodies.

    Args:
        quaternion: orientations of the bodies as MuJoCo has them, unit, real part first, (n, 4).
        vector: in the world, (n, 3) or (3,).

    Returns:
        In the bodies' frames, (n, 3).
    """
    w, axis = quaternion[:, :1], -quaternion[:, 1:]
    twice = 2.0 * np.cross(axis, vector)
    return np.asarray(vector + w * twice + np.cross(axis, twice))
