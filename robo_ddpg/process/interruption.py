"""Ending a run in good order when someone asks for it."""

import signal
import threading
import time
from types import FrameType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what batch systems send before they kill, and the end of a terminal."""
REPEATED_S = 1.0
"""Signals that follow the first one within this time say no more than it did [s]."""


class Interruption:
    """While it is entered, signals are only noted, however many come.

    Ctrl-C pressed twice, or one signal sent by several, must not kill what the first one began to
    save. Once that is done, `release` gives later signals their usual effect back.
    """

    def __init__(self) -> None:
        self.requested = False
        """Whether a signal came."""
        self._first_s = 0.0
        self._released = False
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        # Python delivers signals to its main thread, and lets only that one handle them.
        if threading.current_thread() is threading.main_thread():
            nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            heard = [number for number in SIGNALS if not (nohup and number == signal.SIGHUP)]
            self._previous = {number: signal.signal(number, self._note) for number in heard}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}

    def release(self) -> None:
        """From now on a signal acts as it always does, unless it only repeats the first."""
        self._released = True

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self.requested:
            self.requested, self._first_s = True, now
        elif self._released and now > self._first_s + REPEATED_S:
            self.__exit__()
            signal.raise_signal(number)
