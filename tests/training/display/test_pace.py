"""The time of a run: evaluations count against its minutes, not as training."""

from collections.abc import Callable

import pytest

from robo_ddpg.training.counters import Counters
from robo_ddpg.training.display.clock import Budget
from robo_ddpg.training.display.pace import Pace

Wait = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Lets time pass."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def passes(seconds: float) -> None:
        now[0] += seconds

    return passes


def test_an_evaluation_is_said_and_counted(wait: Wait) -> None:
    counters = Counters(evaluation_due=0)
    pace = Pace(counters, Budget(steps=1000, minutes=1.0), 2)
    wait(10.0)
    assert pace.lap() == 10.0
    with pace.evaluating():
        wait(7.0)
        assert pace.times(100)["evaluating_s"] == 7.0
        assert pace.times(100)["elapsed_s"] == 17.0
    assert pace.times(100)["evaluating_s"] is None
    pace.lap()
    assert (counters.elapsed_s, counters.evaluation_s) == (17.0, 7.0)
    assert pace.share(100) == pytest.approx(17 / 60)
    with pace.evaluating(rounds=2):
        wait(8.0)
    assert counters.evaluation_s == 4.0


def test_time_for_the_evaluations_at_the_end_is_kept(wait: Wait) -> None:
    counters = Counters(evaluation_due=0, evaluation_s=5.0)
    pace = Pace(counters, Budget(steps=10**9, minutes=1.0), 2)
    wait(44.0)
    assert not pace.is_used_up(100)
    wait(1.0)
    assert pace.is_used_up(100)  # 15 s: the last policy is judged, the best one twice as long
    counters.logged_at = 100
    assert not pace.is_used_up(100), "it was judged"


def test_half_of_the_time_is_left_for_training_however_long_evaluations_take(wait: Wait) -> None:
    pace = Pace(Counters(evaluation_due=0, evaluation_s=99.0), Budget(10**9, minutes=1.0), 2)
    wait(29.0)
    assert not pace.is_used_up(100)
    wait(1.0)
    assert pace.is_used_up(100)


def test_a_run_that_counts_transitions_keeps_nothing(wait: Wait) -> None:
    pace = Pace(Counters(evaluation_due=0, evaluation_s=99.0), Budget(1000, None), 2)
    wait(1e6)
    assert not pace.is_used_up(999)
    assert pace.is_used_up(1000)


def test_what_is_left_follows_from_what_ends_the_run_first(wait: Wait) -> None:
    counters = Counters(evaluation_due=0)
    pace = Pace(counters, Budget(1000, None), 2)
    wait(10.0)
    assert pace.times(0)["left_s"] is None
    assert pace.times(500)["left_s"] == 10.0
    counters.evaluation_s = 1.0
    assert pace.times(500)["left_s"] == 13.0
    pace.close(1000)
    wait(2.0)
    assert pace.times(1000)["left_s"] == 1.0
    wait(2.0)
    assert pace.times(1000)["left_s"] is None
    assert Pace(counters, Budget(1000, minutes=0.04), 2).times(500)["left_s"] == 2.4
