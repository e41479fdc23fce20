"""Arrays of an episode as numbers that fit an environment.

What raises `DemonstrationError` here does not say where the episode was found; `fitting` does.
"""

from typing import Any

import numpy as np

from robo_ddpg.envs.environment import Environment, size_of
from robo_ddpg.errors import DemonstrationError
from robo_ddpg.flattening import Flattening
from tasks.arrays import Float32

ROUNDING = 1e-4
"""How far actions may lie outside their bounds, as a share of the bounds' distance."""


def numbers(name: str, values: Any, *shape: int) -> Float32:
    """Values as numbers, after a look at their shape and whether all are finite."""
    try:
        with np.errstate(over="ignore"):
            array = np.asarray(values, np.float32)
    except (TypeError, ValueError):
        raise DemonstrationError(f"has {name} that are not an array of numbers") from None
    expected = shape or (array.size,)
    if array.shape != expected:
        raise DemonstrationError(f"has {name} of shape {array.shape}, expected {expected}")
    if not np.isfinite(array).all():
        step = int(np.argwhere(~np.isfinite(array))[0][0])
        raise DemonstrationError(f"has {name} that are not finite, first at step {step}")
    return array


def actions(values: Any, steps: int, env: Environment) -> Float32:
    """Actions as vectors within their bounds, (T, a)."""
    low, high = env.single_action_space.low, env.single_action_space.high
    rows = values if np.ndim(values) < 3 else np.reshape(values, (len(values), -1))
    action = numbers("actions", rows, steps, len(low))
    beyond = np.maximum(low - action, action - high) / (high - low)
    if beyond.max() > ROUNDING:
        step, component = np.unravel_index(int(beyond.argmax()), beyond.shape)
        raise DemonstrationError(
            f"has an action outside its bounds, {action[step, component]:.4g} in component "
            f"{component} at step {step}, expected {low[component]:.4g} to {high[component]:.4g}: "
            "store actions as the environment applies them"
        )
    return np.asarray(np.clip(action, low, high), np.float32)


def observations(values: Any, moments: int, env: Environment) -> Float32:
    """Observations as vectors, (moments, o), flattened as the environment does it."""
    parts = env.describe().get("observation")
    try:
        rows = values if parts is None else Flattening.from_json(parts).vector(values)
    except ValueError as error:
        raise DemonstrationError(f"has other observations than expected: {error}") from None
    return numbers("observations", rows, moments, size_of(env.single_observation_space))
