"""Where the time of each thread goes."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

LEARNER, PHYSICS = "learner", "physics"
"""The threads of a training."""


class Watch:
    """Times nothing, at next to no cost."""

    def timing(self, what: str, thread: str = LEARNER) -> contextlib.AbstractContextManager[None]:
        """While it is entered, the calling thread does this; may be entered within another.

        Args:
            what: one of the things that the thread does.
            thread: what the calling thread is called.
        """
        return _NOTHING

    def start(self) -> None:
        """Forget what was timed before."""


@dataclass
class Spent:
    """What something took, without what was timed within it."""

    calls: int = 0
    clock_s: float = 0.0
    """By the clock [s]."""
    processor_s: float = 0.0
    """On a core [s]; the rest is waiting: for a core, for Python's lock, for another thread."""


class Stopwatch(Watch):
    """Times what threads do, from now on."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, str], Spent] = {}
        """Thread and what it does -> what that took."""
        self._within = threading.local()
        self.start()

    def start(self) -> None:
        """Forget what was timed before."""
        self.spent.clear()
        self._started = time.perf_counter(), time.process_time()

    @contextlib.contextmanager
    def timing(self, what: str, thread: str = LEARNER) -> Iterator[None]:
        """While it is entered, the calling thread does this."""
        spent = self.spent.setdefault((thread, what), Spent())
        outer = getattr(self._within, "spent", Spent())
        inner = self._within.spent = Spent()
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            clock, processor = time.perf_counter() - clock, time.thread_time() - processor
            spent.calls += 1
            spent.clock_s += clock - inner.clock_s
            spent.processor_s += processor - inner.processor_s
            outer.clock_s += clock
            outer.processor_s += processor
            self._within.spent = outer

    def total(self) -> tuple[float, float]:
        """By the clock, and on the cores by all threads of the process together [s]."""
        clock, processor = self._started
        return time.perf_counter() - clock, time.process_time() - processor


UNWATCHED = Watch()
_NOTHING = contextlib.nullcontext()
