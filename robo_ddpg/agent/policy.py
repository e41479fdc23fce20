"""Deterministic inference from saved arrays, in NumPy alone.

It computes in float64: what is left of rounding in actions of float32 is the last bit, whatever
library multiplies the matrices.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.action_scaling import ActionScaling, Bounds
from tasks.arrays import Array, Float32

Arrays = Mapping[str, NDArray[np.floating[Any]]]


class Policy:
    """The actor of `Learner.policy_state`, run without torch.

    Args:
        state: `actor.<i>.weight` (out, in) and `actor.<i>.bias` (out,) of each layer, and, if
            observations are normalised, `normalizer.offset`, `.scale` (o,) and `.clip` (1,);
            in float32 all, but the offset may be in float64.
        action_low: Lower bound of each action component, shape (a,), as exact as the action space
            has it.
        action_high: Upper bound, shape (a,).
    """

    def __init__(self, state: Arrays, action_low: Bounds, action_high: Bounds) -> None:
        arrays = {name: np.asarray(value, np.float64) for name, value in state.items()}
        depth = sum(name.startswith("actor.") and name.endswith(".weight") for name in arrays)
        if depth == 0:
            raise ValueError(
                f"no actor among the arrays {sorted(arrays)}: expected actor.0.weight, "
                "actor.0.bias and so on, as Learner.policy_state() returns them"
            )
        layers = [(arrays[f"actor.{i}.weight"].T, arrays[f"actor.{i}.bias"]) for i in range(depth)]
        self._hidden, self._output = layers[:-1], layers[-1]
        self.scaling = ActionScaling(action_low, action_high)
        self._normalized = "normalizer.offset" in arrays
        if self._normalized:
            self._offset, self._scale = arrays["normalizer.offset"], arrays["normalizer.scale"]
            self._clip = arrays["normalizer.clip"][0]
        self._check_sizes(len(action_low))

    @property
    def observation_size(self) -> int:
        """Size o of an observation."""
        weight, _ = (*self._hidden, self._output)[0]
        return len(weight)

    def _check_sizes(self, action_size: int) -> None:
        """Raises ValueError if the arrays do not follow from each other."""
        size = self.observation_size
        if self._normalized and not self._offset.shape == self._scale.shape == (size,):
            raise ValueError(f"a normaliser that is not of {size} observed values")
        for weight, bias in (*self._hidden, self._output):
            if weight.shape != (size, len(bias)) or bias.ndim != 1:
                raise ValueError(f"a layer of shape {weight.shape} after {size} values")
            size = len(bias)
        if size != action_size:
            raise ValueError(f"{size} actions, expected {action_size}")

    def act(self, observation: NDArray[np.floating[Any]]) -> Float32:
        """Action within the bounds, (a,) or (n, a), for an observation, (o,) or (n, o)."""
        x: Array = np.asarray(observation, np.float64)
        if self._normalized:
            x = x - self._offset
            x *= self._scale
            np.minimum(x, self._clip, out=x)
            np.maximum(x, -self._clip, out=x)
        for weight, bias in self._hidden:
            x = x @ weight
            x += bias
            np.maximum(x, 0.0, out=x)
        weight, bias = self._output
        return self.scaling.to_space(np.tanh(x @ weight + bias).astype(np.float32))
