"""Observation statistics and the scaling made from them."""

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import DivergenceError
from tasks.arrays import Float32

CLIP = 5.0
"""Bound of normalised observations [standard deviations]."""
STD_FLOOR = 1e-2
"""Smallest standard deviation divided by: a component that hardly varied is not blown up."""


class Normalizer:
    """Running mean and standard deviation of observations (Welford 1962, Chan et al. 1979).

    The statistics freeze once `freeze_after` observations were seen.
    """

    def __init__(self, size: int, freeze_after: int) -> None:
        self.freeze_after = freeze_after
        self.count = 0
        self.mean = np.zeros(size)
        self.squared_deviations = np.zeros(size)
        self._refresh()

    def update(self, observation: Float32) -> None:
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
        difference = added_mean - self.mean
        self.squared_deviations += np.square(observation - added_mean).sum(axis=0)
        self.squared_deviations += difference**2 * (self.count * added / total)
        self.mean += difference * (added / total)
        self.count = total
        self._refresh()

    def __call__(self, observation: Float32) -> Float32:
        """Normalised copy of observations, shape (..., o)."""
        scaled: Float32 = (observation - self.offset) * self.scale
        np.minimum(scaled, CLIP, out=scaled)
        np.maximum(scaled, -CLIP, out=scaled)
        return scaled

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore these statistics exactly."""
        return {
            "count": np.array([self.count]),
            "mean": self.mean.copy(),
            "squared_deviations": self.squared_deviations.copy(),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned."""
        self.count = int(state["count"][0])
        self.mean[:] = state["mean"]
        self.squared_deviations[:] = state["squared_deviations"]
        self._refresh()

    def _refresh(self) -> None:
        std = (
            np.sqrt(self.squared_deviations / self.count) if self.count else np.ones_like(self.mean)
        )
        self.offset: Float32 = self.mean.astype(np.float32)
        self.scale: Float32 = (1.0 / np.maximum(std, STD_FLOOR)).astype(np.float32)
