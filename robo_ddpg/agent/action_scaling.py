"""Between actions in [-1, 1] and those of an action space."""

from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from tasks.arrays import Float32

Bounds = NDArray[Any]


class ActionScaling:
    """Scales each component by half its range.

    Args:
        low: Lower bounds, shape (a,), as exact as the action space has them.
        high: Upper bounds, shape (a,).
    """

    def __init__(self, low: Bounds, high: Bounds) -> None:
        self.center: Float32 = ((high + low) / 2).astype(np.float32)
        """The action that 0 stands for, (a,)."""
        self.half_range: Float32 = ((high - low) / 2).astype(np.float32)
        """How far from it is the action that 1 stands for, (a,)."""
        self.low, self.high = _inward(low, high)
        """Bounds in float32, (a,)."""

    def to_space(self, action: Float32) -> Float32:
        """From [-1, 1], shape (..., a), in place; rounding does not leave the bounds."""
        action *= self.half_range
        action += self.center
        np.minimum(action, self.high, out=action)
        return np.maximum(action, self.low, out=action)

    def from_space(self, action: Float32) -> Float32:
        """To [-1, 1], shape (n, a)."""
        scaled: Float32 = (action - self.center) / self.half_range
        return scaled


def _inward(low: Bounds, high: Bounds) -> tuple[Float32, Float32]:
    """The bounds in float32, rounded towards each other: what lies between lies in the space."""
    low32, high32 = low.astype(np.float32), high.astype(np.float32)
    up = np.nextafter(low32, np.float32(np.inf))
    down = np.nextafter(high32, np.float32(-np.inf))
    return np.where(low32 < low, up, low32), np.where(high32 > high, down, high32)


def check_spaces(observation_space: Box, action_space: Box) -> None:
    """Refuse what cannot be learned.

    Raises:
        ValueError: One is no one-dimensional Box, or that of actions has no bounds to scale by.
    """
    for name, space in (("observation_space", observation_space), ("action_space", action_space)):
        if not isinstance(space, Box) or len(space.shape) != 1:
            raise ValueError(f"{name}={space}: expected a one-dimensional Box; flatten it first")
    if not action_space.is_bounded():
        raise ValueError(f"action_space={action_space}: expected finite bounds; rescale it first")
    width = np.float64(action_space.high) - np.float64(action_space.low)
    wide = np.flatnonzero(width > np.finfo(np.float32).max)
    if len(wide):
        raise ValueError(
            f"action_space={action_space}: the range of components {wide.tolist()} is not finite "
            "in float32; wrap it in gymnasium.wrappers.RescaleAction or give it narrower bounds"
        )
    if not np.all(np.float32(action_space.low) < np.float32(action_space.high)):
        raise ValueError(
            f"action_space={action_space}: expected low < high for every component, in float32 too"
        )
