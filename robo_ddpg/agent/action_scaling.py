"""Between actions in [-1, 1] and those of an action space."""

import numpy as np
from gymnasium.spaces import Box

from tasks.arrays import Float32


class ActionScaling:
    """Scales each component by half its range.

    Args:
        space: Bounded and one-dimensional, shape (a,).
    """

    def __init__(self, space: Box) -> None:
        self._center: Float32 = ((space.high + space.low) / 2).astype(np.float32)
        self._half_range: Float32 = ((space.high - space.low) / 2).astype(np.float32)
        self._low, self._high = space.low.astype(np.float32), space.high.astype(np.float32)

    def to_space(self, action: Float32) -> Float32:
        """From [-1, 1], shape (n, a), in place; rounding does not leave the bounds."""
        action *= self._half_range
        action += self._center
        np.minimum(action, self._high, out=action)
        return np.maximum(action, self._low, out=action)

    def from_space(self, action: Float32) -> Float32:
        """To [-1, 1], shape (n, a)."""
        scaled: Float32 = (action - self._center) / self._half_range
        return scaled


def check_spaces(observation_space: Box, action_space: Box) -> None:
    """Raises ValueError unless both are one-dimensional Boxes, that of actions with bounds."""
    for name, space in (("observation_space", observation_space), ("action_space", action_space)):
        if not isinstance(space, Box) or len(space.shape) != 1:
            raise ValueError(f"{name}={space}: expected a one-dimensional Box; flatten it first")
    if not action_space.is_bounded():
        raise ValueError(f"action_space={action_space}: expected finite bounds; rescale it first")
    if not np.all(action_space.low < action_space.high):
        raise ValueError(f"action_space={action_space}: expected low < high for every component")
