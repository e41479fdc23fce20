"""Statistics of observations and of returns, and the scaling made from them."""

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import Observation
from robo_ddpg.errors import DivergenceError
from tasks.arrays import Array, Float32, Mask

CLIP = 5.0
"""Bound of normalised observations [standard deviations]."""
STD_FLOOR = 1e-4
"""Smallest standard deviation divided by, as a share of the largest one, but of at most 1: a
component that hardly varied is not blown up."""
ROUNDING = 1e-9
"""What varies by less than this share of its magnitude is constant but for rounding."""


class Normalizer:
    """Running mean and standard deviation of observations (Welford 1962, Chan et al. 1979).

    The statistics freeze once `freeze_after` observations were seen. What is stored is relative to
    an origin: far from zero, float32 could not tell observations from each other.

    Args:
        size: Size o of an observation.
        freeze_after: Number of observations after which the statistics stay.
        shifted: Whether the mean of the first observations is the origin; else it is zero.
    """

    def __init__(self, size: int, freeze_after: int, *, shifted: bool = True) -> None:
        self.freeze_after, self.shifted = freeze_after, shifted
        self.count = 0
        self.origin = np.zeros(size)
        self.mean = np.zeros(size)
        self.squared_deviations = np.zeros(size)
        self._refresh()

    def relative(self, observation: Observation) -> Float32:
        """Observations, shape (..., o), as they are stored: in float32, less the origin."""
        return np.asarray(observation - self.origin if self.shifted else observation, np.float32)

    def update(self, observation: Observation) -> None:
        """Add observations, shape (n, o), to the statistics.

        Raises:
            DivergenceError: If one is not finite; the statistics are then still as they were.
        """
        added = len(observation)
        if added == 0 or self.count >= self.freeze_after:
            return
        total = self.count + added
        added_mean = observation.mean(axis=0, dtype=np.float64)
        if not np.isfinite(added_mean).all():
            components = np.flatnonzero(~np.isfinite(added_mean)).tolist()
            raise DivergenceError(
                f"observation components {components} to be stored are not finite; "
                "mark unstable simulations as not valid when storing their transitions"
            )
        if self.count == 0 and self.shifted:
            self.origin[:] = added_mean
        difference = added_mean - self.origin - self.mean
        self.squared_deviations += np.square(observation - added_mean).sum(axis=0)
        self.squared_deviations += difference**2 * (self.count * added / total)
        self.mean += difference * (added / total)
        self.count = total
        self._refresh()

    def __call__(self, relative: Float32) -> Float32:
        """Normalised copy of observations as they are stored, shape (..., o)."""
        scaled: Float32 = (relative - self._offset) * self.scale
        np.minimum(scaled, CLIP, out=scaled)
        np.maximum(scaled, -CLIP, out=scaled)
        return scaled

    @property
    def offset(self) -> Array:
        """What is taken off observations before they are scaled, shape (o,)."""
        return self.origin + self._offset

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore these statistics exactly."""
        return {
            "count": np.array([self.count]),
            "origin": self.origin.copy(),
            "mean": self.mean.copy(),
            "squared_deviations": self.squared_deviations.copy(),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned."""
        self.count = int(state["count"][0])
        for name in ("origin", "mean", "squared_deviations"):
            getattr(self, name)[:] = state[name]
        self._refresh()

    def _refresh(self) -> None:
        std = np.sqrt(self.squared_deviations / max(self.count, 1))
        varies = std > ROUNDING * np.abs(self.origin + self.mean)
        largest = float(std.max()) if varies.any() else 1.0
        std = np.where(varies, np.maximum(std, STD_FLOOR * min(largest, 1.0)), largest)
        self._offset: Float32 = self.mean.astype(np.float32)
        self.scale: Float32 = (1.0 / std).astype(np.float32)


class ReturnScale:
    """Running root mean square of what was collected of discounted returns.

    The discounted return of a simulation is the sum of its episode's rewards until now, the older
    ones discounted more, as in Gymnasium's `NormalizeReward`. Its root mean square, unlike its
    standard deviation, stays apart from zero where every step is worth the same.

    Args:
        size: Root mean square wanted; 0 leaves rewards as they are.
        discount: Weight of the reward one step earlier.
        num_envs: Number n of simulations.
    """

    def __init__(self, size: float, discount: float, num_envs: int) -> None:
        self.size, self.discount = size, discount
        self._returns = np.zeros(num_envs)
        self._count, self._mean_square = 0, 0.0

    @property
    def factor(self) -> np.float32:
        """What rewards are multiplied by; 1 until one of them differs from 0."""
        if self.size == 0.0 or self._mean_square == 0.0:
            return np.float32(1.0)
        return np.float32(self.size / np.sqrt(self._mean_square))

    def update(self, reward: Float32, valid: Mask, ended: Mask) -> None:
        """Add one step of all simulations, arrays of shape (n,)."""
        if self.size == 0.0:
            return
        self._returns *= self.discount
        self._returns[valid] += reward[valid]
        counted = self._returns[valid]
        if len(counted):
            self._count += len(counted)
            excess = np.square(counted).mean() - self._mean_square
            self._mean_square += float(excess) * len(counted) / self._count
        self.end_episodes(ended)

    def end_episodes(self, ended: Mask) -> None:
        """Start anew in the simulations that `ended`, shape (n,)."""
        self._returns[ended] = 0.0

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore the statistics exactly."""
        return {
            "returns": self._returns.copy(),
            "count": np.array([self._count]),
            "mean_square": np.array([self._mean_square]),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned."""
        self._returns[:] = state["returns"]
        self._count = int(state["count"][0])
        self._mean_square = float(state["mean_square"][0])
