"""Turning vectors by many orientations at once."""

import numpy as np

from tasks.arrays import Array


def rotations(quaternion: Array) -> Array:
    """Matrices that turn vectors from the frames of bodies into the world.

    Args:
        quaternion: orientations of the bodies as MuJoCo has them, unit, real part first, (n, 4).

    Returns:
        (n, 3, 3).
    """
    w, x, y, z = quaternion.T
    xx, yy, zz = x * x, y * y, z * z
    xy, xz, yz = x * y, x * z, y * z
    wx, wy, wz = w * x, w * y, w * z
    rows = (
        *(0.5 - yy - zz, xy - wz, xz + wy),
        *(xy + wz, 0.5 - xx - zz, yz - wx),
        *(xz - wy, yz + wx, 0.5 - xx - yy),
    )
    return 2.0 * np.stack(rows, axis=1).reshape(-1, 3, 3)


def to_body(rotation: Array, vector: Array) -> Array:
    """Express world vectors in the frames of bodies.

    Args:
        rotation: see `rotations`, (n, 3, 3).
        vector: in the world, (n, 3).

    Returns:
        In the bodies' frames, (n, 3).
    """
    return np.asarray((vector[:, None] @ rotation)[:, 0])
