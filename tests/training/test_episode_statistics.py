"""Sums over training episodes, against small ones counted by hand."""

from typing import Any

import numpy as np
import pytest

from robo_ddpg.training.episode_statistics import EpisodeStatistics


def info(counts: list[int], overshoots: list[float]) -> dict[str, Any]:
    """What an environment says of two simulations."""
    return {
        "is_success": np.array([True, False]),
        "safety": {"workspace": {"count": np.array(counts), "size": np.zeros(2)}},
        "violations": {"hand_speed": np.array(overshoots), "_hand_speed": np.array([True, True])},
    }


def ended(*which: bool) -> Any:
    return np.array(which)


NEVER = ended(False, False)


def test_safety_is_that_of_finished_episodes_since_the_last_row() -> None:
    statistics = EpisodeStatistics(np.zeros(2))
    statistics.add(np.ones(2), NEVER, ended(False, False), info([1, 1], [0.5, 0.0]))
    assert statistics.means() == {}
    statistics.add(np.ones(2), NEVER, ended(True, False), info([2, 1], [0.5, 9.0]))
    statistics.add(np.ones(2), NEVER, ended(False, True), info([0, 1], [0.0, 0.25]))
    means = statistics.means()
    # Episodes of 2 and 3 steps, with 2 and 1 of them altered.
    assert means["safety_workspace"] == pytest.approx(3 / 5)
    assert means["violation_hand_speed"] == 0.5
    assert means["episode_return"] == pytest.approx(2.5)
    assert means["episode_success"] == 0.5
    statistics.clear()
    statistics.add(np.ones(2), NEVER, ended(True, False), info([1, 0], [0.0, 0.0]))
    # That episode began before.
    assert statistics.means()["safety_workspace"] == pytest.approx(1 / 2)
    assert statistics.means()["violation_hand_speed"] == 0.0


def test_environments_without_limits_have_no_safety() -> None:
    statistics = EpisodeStatistics(np.zeros(2))
    statistics.add(np.ones(2), NEVER, ended(True, True), {})
    assert statistics.means() == {"episode_return": 1.0, "episode_success": None, "unstable": 0.0}


def test_only_a_termination_without_success_is_a_failure() -> None:
    statistics = EpisodeStatistics(np.zeros(2))
    statistics.add(np.ones(2), ended(True, True), NEVER, {"is_success": ended(True, False)})
    statistics.add(np.ones(2), NEVER, ended(True, True), {"is_success": ended(False, False)})
    assert (statistics.collected, statistics.failures.tolist()) == (2, [0, 1])
    statistics.clear()
    assert (statistics.collected, statistics.failures.tolist()) == (0, [0, 0])
