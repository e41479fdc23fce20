"""Sums over the training episodes between two evaluations."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.metrics import Row


@dataclass
class Tally:
    """What happened in the training episodes since the last evaluation."""

    running: NDArray[np.float64]
    """Return so far of each running episode, (n,)."""
    finished: int = 0
    """Episodes that ended."""
    return_sum: float = 0.0
    """Sum of their returns."""
    successes: int | None = None
    """How many of them ended in success; None where the environment does not say."""
    unstable: int = 0
    """Simulations that became unstable."""

    def add(self, reward: Any, ended: NDArray[np.bool_], info: dict[str, Any]) -> None:
        """Add one step of all simulations.

        Args:
            reward: (n,).
            ended: whose episode ends here, (n,).
            info: as the environment returned it.
        """
        self.running += reward
        if not ended.any():
            return
        self.finished += int(ended.sum())
        self.return_sum += float(self.running[ended].sum())
        self.running[ended] = 0.0
        self.unstable += int(np.sum(info.get("unstable", 0)))
        if "is_success" in info:
            self.successes = (self.successes or 0) + int(np.sum(info["is_success"][ended]))

    def means(self) -> Row:
        """Mean return and success rate; None for what is not known."""
        if not self.finished:
            return {}
        success = None if self.successes is None else self.successes / self.finished
        return {
            "episode_return": self.return_sum / self.finished,
            "episode_success": success,
            "unstable": float(self.unstable),
        }

    def clear(self) -> None:
        """Start counting anew; running episodes go on."""
        self.finished = self.unstable = 0
        self.return_sum = 0.0
        self.successes = None
