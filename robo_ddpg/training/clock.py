"""Training time, and when there is something to show."""

import time

SHOW_EVERY_S = 0.2
"""Time between updates of the display [s]."""


class Clock:
    """EpisodeMetrics laps, and when to show something again."""

    def __init__(self) -> None:
        self._last = self._shown = time.monotonic()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        return seconds

    def shows(self) -> bool:
        """Whether the display is due."""
        due = self._last - self._shown > SHOW_EVERY_S
        if due:
            self._shown = self._last
        return due
