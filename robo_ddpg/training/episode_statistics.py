"""Sums over the training episodes between two evaluations."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.runs.tables import Row


@dataclass
class EpisodeStatistics:
    """What happened in the training episodes since the last evaluation."""

    running: NDArray[np.float64]
    """Return so far of each running episode, (n,)."""
    lengths: NDArray[np.int_] = field(init=False)
    """Steps so far of each running episode, (n,)."""
    failures: NDArray[np.int_] = field(init=False)
    """How many episodes of each simulation were terminated without success, such as by a fall."""
    collected: int = 0
    """Steps of each simulation, whether their episodes ended or not."""
    finished: int = 0
    """Episodes that ended."""
    steps: int = 0
    """Their steps."""
    return_sum: float = 0.0
    """Sum of their returns."""
    successes: int | None = None
    """How many of them ended in success; None where the environment does not say."""
    unstable: int = 0
    """Simulations that became unstable."""
    altered: dict[str, int] = field(default_factory=dict)
    """Reason -> how many of their steps had their action altered."""
    violations: dict[str, float] = field(default_factory=dict)
    """Limit -> their worst overshoot."""

    def __post_init__(self) -> None:
        """Start to count steps."""
        self.lengths = np.zeros(len(self.running), int)
        self.failures = np.zeros(len(self.running), int)

    def add(
        self,
        reward: Any,
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
        info: dict[str, Any],
    ) -> None:
        """Add one step of all simulations.

        Args:
            reward: (n,).
            terminated: whose episode ends here before its time, (n,).
            truncated: whose episode ends here otherwise, (n,).
            info: as the environment returned it.
        """
        ended = terminated | truncated
        self.running += reward
        self.lengths += 1
        self.collected += 1
        if not ended.any():
            return
        self.finished += int(ended.sum())
        self.steps += int(self.lengths[ended].sum())
        self.return_sum += float(self.running[ended].sum())
        self.running[ended], self.lengths[ended] = 0.0, 0
        self.unstable += int(np.sum(info.get("unstable", 0)))
        if "is_success" in info:
            self.successes = (self.successes or 0) + int(np.sum(info["is_success"][ended]))
        self.failures += terminated & ~np.asarray(info.get("is_success", False), bool)
        self._add_safety(ended, info)

    def _add_safety(self, ended: NDArray[np.bool_], info: dict[str, Any]) -> None:
        for reason, altered in _named(info, "safety"):
            count = int(altered["count"][ended].sum())
            self.altered[reason] = self.altered.get(reason, 0) + count
        for limit, overshoot in _named(info, "violations"):
            worst = float(overshoot[ended].max())
            self.violations[limit] = max(self.violations.get(limit, 0.0), worst)

    def means(self) -> Row:
        """Mean return, success rate and safety; None for what is not known."""
        if not self.finished:
            return {}
        success = None if self.successes is None else self.successes / self.finished
        return {
            "episode_return": self.return_sum / self.finished,
            "episode_success": success,
            "unstable": float(self.unstable),
            **{f"safety_{reason}": n / self.steps for reason, n in self.altered.items()},
            **{f"violation_{limit}": worst for limit, worst in self.violations.items()},
        }

    def restart(self) -> None:
        """Every simulation was reset although its episode had not ended."""
        self.running[:], self.lengths[:] = 0.0, 0

    def clear(self) -> None:
        """Start counting anew; running episodes go on."""
        self.collected = self.finished = self.steps = self.unstable = 0
        self.failures[:] = 0
        self.return_sum = 0.0
        self.successes = None
        self.altered, self.violations = {}, {}


def _named(info: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    """The entries of a part of `info`, without the masks that Gymnasium puts beside them."""
    return [(name, value) for name, value in info.get(key, {}).items() if name[0] != "_"]
