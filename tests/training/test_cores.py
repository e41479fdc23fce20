"""Where the learner waits for the physics more threads simulate, and nothing else changes."""

import pytest

from robo_ddpg.training import cores
from robo_ddpg.training.cores import STEPS, Waiting, more_threads


@pytest.mark.parametrize(
    ("waited_s", "total_s", "too_long"),
    [(0.02, 0.03, True), (0.001, 0.03, False), (0.001, 0.002, False)],
    ids=["bound by physics", "bound by learning", "too short to be shared"],
)
def test_waiting_is_judged_once(waited_s: float, total_s: float, *, too_long: bool) -> None:
    waiting = Waiting()
    judged = [waiting.add(waited_s, total_s) for _ in range(2 * STEPS)]
    assert judged[STEPS - 1] is too_long
    assert sum(judged) == too_long


@pytest.mark.parametrize(("available", "threads"), [(1, None), (2, 2), (3, 2), (8, 7)])
def test_of_many_cores_the_learner_keeps_one(
    available: int, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "available_processors", lambda: available)
    assert more_threads() == threads
