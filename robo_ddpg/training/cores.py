"""How many threads simulate: one, or one per core where the learner waits for the physics."""

from robo_ddpg.process.processors import available_processors

STEPS = 200
"""Steps of learning after which it is judged."""
WAITING = 0.25
"""Share of a step that is waited; below it, what a second thread takes from the learner is more."""
WORTH_S = 0.002
"""Waiting in a step that is worth more threads [s]."""


class Waiting:
    """How long the learner waits for the physics, judged once."""

    def __init__(self) -> None:
        self._steps, self._waited_s, self._total_s = 0, 0.0, 0.0

    def add(self, waited_s: float, total_s: float) -> bool:
        """Count a step.

        Args:
            waited_s: how much of it was spent waiting [s].
            total_s: how long it took [s].

        Returns:
            Whether the steps so far, enough of them for the first time, waited too long.
        """
        self._steps += 1
        self._waited_s += waited_s
        self._total_s += total_s
        long = self._waited_s > max(WAITING * self._total_s, WORTH_S * STEPS)
        return self._steps == STEPS and long


def more_threads() -> int | None:
    """Threads that simulate where the learner waits; None if there is a single core.

    Two cores are shared with the learner, which has time to spare; of more, one is left to it.
    """
    cores = available_processors()
    return max(2, cores - 1) if cores > 1 else None
