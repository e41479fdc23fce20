"""Where a run is in time: what is used up, what goes on, what is left."""

import contextlib
from collections.abc import Iterator

from robo_ddpg.runs.tables import Row
from robo_ddpg.training.counters import Counters
from robo_ddpg.training.display.clock import Budget, Clock


class Pace:
    """Counts the time of a run, from now on, evaluations and checkpoints included."""

    def __init__(self, counters: Counters, budget: Budget, closing_rounds: int) -> None:
        """Start the clock.

        Args:
            counters: have the time of before, and are kept up to date.
            budget: what the run may use.
            closing_rounds: how many times as long as an evaluation what follows the last one takes.
        """
        self.clock = Clock()
        self._counters, self._budget, self._closing_rounds = counters, budget, closing_rounds
        self._evaluating_since_s: float | None = None
        self._ends_s: float | None = None

    @property
    def elapsed_s(self) -> float:
        """Time so far [s]."""
        return self._counters.elapsed_s + self.clock.running()

    def lap(self) -> float:
        """Seconds since the last lap."""
        seconds = self.clock.lap()
        self._counters.elapsed_s += seconds
        return seconds

    @contextlib.contextmanager
    def evaluating(self, rounds: int = 1) -> Iterator[None]:
        """While it is entered, an evaluation goes on, of so many times the usual episodes."""
        self._evaluating_since_s = self.elapsed_s
        try:
            yield
            seconds = self.elapsed_s - self._evaluating_since_s
            self._counters.evaluation_s = seconds / rounds
        finally:
            self._evaluating_since_s = None

    def is_used_up(self, transitions: int) -> bool:
        """Whether what is left is just enough for the evaluations at the end.

        No more than half of the time is kept for them.
        """
        minutes = self._budget.minutes
        kept = 0.0 if minutes is None else min(self._closing_s(transitions), 30.0 * minutes)
        return self._budget.used(transitions, self.elapsed_s + kept) >= 1

    def close(self, transitions: int) -> None:
        """What follows is the end."""
        self._ends_s = self.elapsed_s + self._closing_s(transitions)

    def share(self, transitions: int) -> float:
        """How much of the budget is used up."""
        return self._budget.used(transitions, self.elapsed_s)

    def times(self, transitions: int) -> Row:
        """For the display; None for what nobody knows or does."""
        elapsed, since = self.elapsed_s, self._evaluating_since_s
        left = self._budget.left_s(transitions, elapsed, self._closing_s(transitions))
        if self._ends_s is not None:
            left = self._ends_s - elapsed if self._ends_s > elapsed else None
        evaluating = None if since is None else elapsed - since
        return {"elapsed_s": elapsed, "left_s": left, "evaluating_s": evaluating}

    def _closing_s(self, transitions: int) -> float:
        """How long the evaluations at the end take, judged by the last one [s]."""
        judged = self._counters.logged_at == transitions
        return self._counters.evaluation_s * (self._closing_rounds + (not judged))
