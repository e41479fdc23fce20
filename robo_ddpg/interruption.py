"""Ending a run in good order when someone asks for it."""

import signal
import threading
from types import FrameType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what batch systems send before they kill."""


class Interruption:
    """While it is entered, signals are only noted, however many come; until it is released.

    Ctrl-C pressed twice, or sent to a whole group of processes besides, must not kill what the
    first one began to save.
    """

    def __init__(self) -> None:
        self.requested = False
        """Whether a signal came."""
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        # Python delivers signals to its main thread, and lets only that one handle them.
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()

    def release(self) -> None:
        """From now on signals do what they did before."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
