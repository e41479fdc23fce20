"""Shaping functions for reward terms: everything here maps onto [0, 1]."""

import numpy as np

from tasks.arrays import Array

VALUE_AT_MARGIN = 0.1
"""What `tolerance` gives at a distance of one margin outside the bounds."""


def tolerance(x: Array, bounds: tuple[float, float] = (0.0, 0.0), margin: float = 0.0) -> Array:
    """1 inside the bounds, falling as a Gaussian to 0.1 one margin outside them.

    The shape is that of dm_control's `rewards.tolerance` (Tassa et al. 2018, "DeepMind Control
    Suite").

    Args:
        x: values, any shape.
        bounds: lower and upper bound, inclusive.
        margin: distance over which the value falls to 0.1; 0 makes the edge sharp.

    Returns:
        Values in [0, 1], of the shape of `x`.

    Raises:
        ValueError: the bounds are reversed or the margin is negative.
    """
    low, high = bounds
    if low > high or margin < 0:
        raise ValueError(f"expected low <= high and margin >= 0, got {bounds} and {margin}")
    outside = np.maximum(np.maximum(low - x, x - high), 0.0)
    if margin == 0:
        return np.where(outside == 0, 1.0, 0.0)
    return np.asarray(np.exp(np.log(VALUE_AT_MARGIN) * np.square(outside / margin)))


def closeness(distance: Array, scale: float) -> Array:
    """1 at distance 0, falling with a long tail: 1 - tanh(distance / scale).

    Unlike `tolerance` it still has a slope several scales away.

    Args:
        distance: non-negative distances, any shape.
        scale: distance at which 0.24 is left, in the same unit.
    """
    return 1.0 - np.tanh(distance / scale)
