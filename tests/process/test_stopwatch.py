"""What threads did is counted once, each for itself."""

import threading
import time

import pytest

from robo_ddpg.process import stopwatch
from robo_ddpg.process.stopwatch import UNWATCHED, Stopwatch


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by every clock, which the test sets."""
    moment = [0.0]
    for clock in ("perf_counter", "thread_time", "process_time"):
        monkeypatch.setattr(stopwatch.time, clock, lambda: moment[0])
    return moment


def test_what_is_timed_within_something_else_is_not_counted_twice(now: list[float]) -> None:
    watch = Stopwatch()
    with watch.timing("sampling"):
        now[0] += 1.0
        for _ in range(2):
            with watch.timing("relabelling"):
                now[0] += 4.0
    outer, inner = watch.spent["learner", "sampling"], watch.spent["learner", "relabelling"]
    assert (outer.calls, outer.clock_s, outer.processor_s) == (1, 1.0, 1.0)
    assert (inner.calls, inner.clock_s, inner.processor_s) == (2, 8.0, 8.0)
    assert watch.total() == (9.0, 9.0)


def test_threads_are_timed_apart() -> None:
    watch = Stopwatch()

    def step() -> None:
        with watch.timing("steps", "physics"):
            time.sleep(0.001)

    with watch.timing("waiting"):
        thread = threading.Thread(target=step)
        thread.start()
        thread.join()
    waited, stepped = watch.spent["learner", "waiting"], watch.spent["physics", "steps"]
    assert waited.clock_s >= stepped.clock_s > 0.0


def test_an_error_is_timed_and_goes_on(now: list[float]) -> None:
    watch = Stopwatch()
    with pytest.raises(KeyError), watch.timing("outer"), watch.timing("inner"):
        now[0] += 1.0
        raise KeyError
    assert watch.spent["learner", "inner"].clock_s == 1.0
    assert watch.spent["learner", "outer"].clock_s == 0.0


def test_without_a_stopwatch_nothing_is_timed() -> None:
    with UNWATCHED.timing("sampling"):
        UNWATCHED.start()
