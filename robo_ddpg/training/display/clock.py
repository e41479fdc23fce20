"""The time that a run takes, what is left of it, and when there is something to show."""

import time
from dataclasses import dataclass

SHOW_EVERY_S = 0.2
"""Time between updates of the display [s]."""


class Clock:
    """Measures laps, and when to show something again."""

    def __init__(self) -> None:
        self._last = self._shown = time.monotonic()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        return seconds

    def running(self) -> float:
        """Seconds of the lap so far."""
        return time.monotonic() - self._last

    def shows(self) -> bool:
        """Whether the display is due."""
        now = time.monotonic()
        due = now - self._shown > SHOW_EVERY_S
        if due:
            self._shown = now
        return due


@dataclass(frozen=True)
class Budget:
    """What a run may use."""

    steps: int
    """Transitions."""
    minutes: float | None
    """Time, evaluations included [min]; None for as long as it takes."""

    def used(self, transitions: int, elapsed_s: float) -> float:
        """Share that is used up, 1 at most."""
        shares = [transitions / self.steps]
        if self.minutes is not None:
            shares.append(elapsed_s / (60.0 * self.minutes))
        return min(max(shares), 1.0)

    def left_s(self, transitions: int, elapsed_s: float, closing_s: float) -> float | None:
        """Time until the run ends [s]; None while nobody can tell.

        Args:
            transitions: collected so far.
            elapsed_s: time so far [s].
            closing_s: what will be evaluated in the end takes so long [s].
        """
        done = min(transitions / self.steps, 1.0)
        left = [] if done == 0 else [elapsed_s * (1 - done) / done + closing_s]
        if self.minutes is not None:
            left.append(max(60.0 * self.minutes - elapsed_s, 0.0))
        return min(left, default=None)
