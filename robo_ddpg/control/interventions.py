"""What the safety filter altered, and which limits the simulated robot really broke."""

from typing import Any

import numpy as np

from tasks.arrays import Array, Ids

NON_FINITE, OUT_OF_RANGE = "non_finite", "out_of_range"
"""Why any robot's action may be altered before its drive sees it; sizes in units of actions."""


class Interventions:
    """Counts per episode, for n simulations; whoever alters an action says so by name."""

    def __init__(self, nsim: int, reasons: tuple[str, ...], limits: tuple[str, ...]) -> None:
        """Start from nothing.

        Args:
            nsim: number of simulations.
            reasons: why an action may be altered.
            limits: what the simulated robot is checked against.

        Raises:
            ValueError: a name is there twice.
        """
        for names in (reasons, limits):
            if len(set(names)) != len(names):
                raise ValueError(f"expected different names, got {names}")
        self._step = np.zeros((len(reasons), nsim))
        self._overshoot = np.zeros((len(limits), nsim))
        self.altered: dict[str, Array] = dict(zip(reasons, self._step, strict=True))
        """Reason -> size of the alteration in the present control step, (n,), 0 for none; to be
        written into."""
        self.overshoot: dict[str, Array] = dict(zip(limits, self._overshoot, strict=True))
        """Limit -> how far it was overstepped in the present control step, (n,), negative or 0
        where it was kept; to be written into."""
        self._counts = np.zeros((len(reasons), nsim), np.int64)
        self._sizes = np.zeros((len(reasons), nsim))
        self._worst = np.zeros((len(limits), nsim))

    def reset(self, ids: Ids) -> None:
        """Start new episodes."""
        for values in (self._counts, self._sizes, self._step, self._worst):
            values[:, ids] = 0

    def begin(self) -> None:
        """A control step begins: nothing is altered yet."""
        self._step[:] = 0.0

    def count(self) -> None:
        """The control step is over: add it to the episode."""
        self._counts += self._step > 0
        np.maximum(self._sizes, self._step, out=self._sizes)
        np.maximum(self._worst, self._overshoot, out=self._worst)

    def report(self) -> dict[str, dict[str, Any]]:
        """Per reason, how many steps of the episode were altered and the largest alteration."""
        rows = zip(self.altered, self._counts.copy(), self._sizes.copy(), strict=True)
        return {reason: {"count": count, "size": size} for reason, count, size in rows}

    def violations(self) -> dict[str, Array]:
        """Per limit, the worst overshoot of the episode, 0 for none, (n,)."""
        return dict(zip(self.overshoot, self._worst.copy(), strict=True))
