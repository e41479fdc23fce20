"""Observed components that never vary, noticed while steps are stored."""

import numpy as np

from robo_ddpg.agent.replay.ring import Ring
from tasks.arrays import Float32, Mask


class Constants:
    """Which components were the same in everything that was stored.

    A component that varied once is left alone from then on, so that looking costs nearly nothing.

    Args:
        size: Number o of observed components.
    """

    def __init__(self, size: int) -> None:
        self.constant: Mask = np.ones(size, np.bool_)
        """Those that never varied yet, (o,)."""
        self._first: Float32 | None = None
        self._seen = 0

    def look(self, ring: Ring) -> None:
        """Look at what was stored since the last time, as far as it is still there."""
        first = max(self._seen, ring.oldest)
        while first < ring.time:
            seam = (first // ring.length + 1) * ring.length
            end = min(seam, ring.time)
            self._compare(ring.observation[ring.span(first, end)])
            first = end
        self._seen = ring.time

    def _compare(self, observation: Float32) -> None:
        """Add rows, (n, o)."""
        if self._first is None:
            self._first = observation[0].copy()
        candidates = np.flatnonzero(self.constant)
        varies = (observation[:, candidates] != self._first[candidates]).any(axis=0)
        self.constant[candidates[varies]] = False
