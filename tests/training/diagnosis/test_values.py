"""Promises of a critic against returns that are counted by hand."""

from typing import Any, cast

import numpy as np
import pytest

from robo_ddpg.evaluation.episodes import Step
from robo_ddpg.training.diagnosis.values import ValueCheck


class Sayer:
    """Says the same of everything."""

    def __init__(self, value: float) -> None:
        self.said = value

    def act(self, observation: Any) -> Any:
        return np.zeros((len(observation), 1), np.float32)

    def value(self, observation: Any, action: Any) -> Any:
        return np.full(len(observation), self.said, np.float32)


def seen(value: float, discount: float, steps: int, *, terminated: bool) -> ValueCheck:
    """Three episodes with a reward of 1 in each step, the last one over from the start."""
    check = ValueCheck(cast(Any, Sayer(value)), discount)
    for k in range(1, steps + 1):
        last = np.array([k == steps] * 3)
        check(
            Step(
                observation=np.zeros((3, 2)),
                action=np.zeros((3, 1), np.float32),
                reward=np.ones(3),
                terminated=last & terminated,
                ended=last,
                following=np.zeros((3, 2)),
                running=np.array([True, True, False]),
            )
        )
    return check


def test_a_terminated_episode_is_worth_its_discounted_rewards() -> None:
    promise = seen(5.0, 0.5, 3, terminated=True).promise()
    assert promise == pytest.approx((5.0, 1.75, 1.75, 3.25, 0.0))


@pytest.mark.parametrize("steps", [1, 3, 50])
def test_a_wrong_value_shows_as_wrong_however_long_the_episodes_are(steps: int) -> None:
    # The true value of 1 a step for ever is 2; the critic says 3, and completes what is cut off.
    promise = seen(3.0, 0.5, steps, terminated=False).promise()
    assert promise is not None
    assert promise.excess == pytest.approx(1.0, abs=1e-5)


def test_nothing_is_said_of_rewards_that_hardly_count() -> None:
    assert seen(3.0, 0.999, 2, terminated=False).promise() is None
    assert ValueCheck(cast(Any, Sayer(0.0)), 0.9).promise() is None
