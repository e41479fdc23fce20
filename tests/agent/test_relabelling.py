"""A walk along a line, relabelled by hand.

Observations are (position, goal, goal - position). The reward is minus the distance left after
the step, minus the effort in `reward_info`; arriving terminates.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from robo_ddpg.agent.replay.buffer import ReplayBuffer
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import GoalSpace, Transitions
from tasks.arrays import Float32, Mask
from tests.agent.steps import put_steps, steps_of


class Line:
    def achieved_goal(self, observation: Float32) -> Float32:
        return observation[:, :1]

    def desired_goal(self, observation: Float32) -> Float32:
        return observation[:, 1:2]

    def attainable(self, goal: Float32) -> Mask:
        return np.ones(len(goal), np.bool_)

    def replace_goal(self, observation: Float32, goal: Float32) -> Float32:
        position = observation[:, :1]
        return np.concatenate((position, goal, goal - position), axis=1)

    def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
        reward: Float32 = -np.abs(achieved - desired)[:, 0] - info[:, 0]
        return reward

    def compute_terminated(self, achieved: Float32, desired: Float32, info: Float32) -> Mask:
        arrived: Mask = np.abs(achieved - desired)[:, 0] < 0.5
        return arrived


Strategy = Literal["future", "final", "episode"]
SETTINGS = AgentSettings(
    discount=0.5, n_step=2, batch_size=4, relabel_future=1.0, relabel_other=0.0
)


def at(position: float, goal: float) -> Float32:
    return np.array([[position, goal, goal - position]], np.float32)


def walked(
    relabel_future: float, relabel_other: float, goal_space: GoalSpace | None = None
) -> ReplayBuffer:
    """One episode 0 -> 1 -> 2 -> 3 with the goal 10, then one step 5 -> 6 with the goal 20."""
    shares = {"relabel_future": relabel_future, "relabel_other": relabel_other}
    replay = empty(replace(SETTINGS, **shares), goal_space)
    for start, goal, effort, truncated in [
        (0.0, 10.0, 0.0, False),
        (1.0, 10.0, 0.25, False),
        (2.0, 10.0, 0.0, True),
        (5.0, 20.0, 0.0, False),
    ]:
        step(replay, start, goal, effort, truncated=truncated)
    return replay


def empty(settings: AgentSettings, goal_space: GoalSpace | None = None) -> ReplayBuffer:
    return ReplayBuffer(settings, 1, 3, 1, seed=0, goal_space=goal_space or Line())


def step(
    replay: ReplayBuffer,
    start: float,
    goal: float,
    effort: float | None = 0.0,
    *,
    truncated: bool = False,
) -> None:
    """Store a step of 1 from a position."""
    transitions = Transitions(
        observation=at(start, goal),
        action=np.zeros((1, 1), np.float32),
        reward=np.array([start + 1 - goal - (effort or 0.0)], np.float32),
        terminated=np.zeros(1, np.bool_),
        truncated=np.array([truncated]),
        next_observation=at(start + 1, goal),
        reward_info=None if effort is None else np.array([[effort]], np.float32),
        valid=np.ones(1, np.bool_),
    )
    replay.store(transitions, transitions.action)


def samples_from(replay: ReplayBuffer, position: float) -> dict[float, tuple[float, float, float]]:
    """Distinct goal -> (reward, discount, position of the bootstrap observation)."""
    batch = replay.sample(400)
    found: dict[float, tuple[float, float, float]] = {}
    for row in np.flatnonzero(batch.observation[:, 0] == position):
        goal = float(batch.observation[row, 1])
        sample = (
            float(batch.reward[row, 0]),
            float(batch.discount[row, 0]),
            float(batch.bootstrap_observation[row, 0]),
        )
        assert found.setdefault(goal, sample) == sample
    return found


def test_without_relabelling_samples_are_as_stored() -> None:
    assert samples_from(walked(0.0, 0.0), 0.0) == {10.0: (-9.0 - 8.25 / 2, 0.25, 2.0)}


def test_future_goals_are_rewarded_and_terminated_by_hand() -> None:
    replay = walked(relabel_future=1.0, relabel_other=0.0)

    assert samples_from(replay, 0.0) == {
        1.0: (0.0, 0.0, 1.0),  # arrives with the first step: the second is not counted
        2.0: (-1.0 - 0.25 / 2, 0.0, 2.0),  # arrives with the second step, at its effort
        3.0: (-2.0 - 1.25 / 2, 0.25, 2.0),
    }
    assert samples_from(replay, 2.0) == {3.0: (0.0, 0.0, 3.0)}
    assert samples_from(replay, 5.0) == {6.0: (0.0, 0.0, 6.0)}


@pytest.mark.parametrize(
    ("strategy", "goals"),
    [
        (
            "future",
            {0.0: {1.0, 2.0, 3.0}, 1.0: {2.0, 3.0}, 2.0: {3.0}, 5.0: {6.0, 7.0}, 6.0: {7.0}},
        ),
        ("final", {0.0: {3.0}, 1.0: {3.0}, 2.0: {3.0}, 5.0: {7.0}, 6.0: {7.0}}),
        (
            "episode",
            {start: {1.0, 2.0, 3.0} for start in (0.0, 1.0, 2.0)}
            | {start: {6.0, 7.0} for start in (5.0, 6.0)},
        ),
    ],
)
def test_each_strategy_takes_its_goals_from_what_is_stored_of_the_episode(
    strategy: Strategy, goals: dict[float, set[float]]
) -> None:
    replay = empty(replace(SETTINGS, relabel_strategy=strategy))
    for start, truncated in [(0.0, False), (1.0, False), (2.0, True), (5.0, False), (6.0, False)]:
        step(replay, start, 10.0, truncated=truncated)

    assert {start: set(samples_from(replay, start)) for start in goals} == goals


def test_what_was_overwritten_of_an_episode_is_no_goal() -> None:
    settings = replace(SETTINGS, relabel_strategy="episode", replay_capacity=4)
    replay, loaded = empty(settings), empty(settings)
    for start in range(6):
        step(replay, start, 10.0)
    loaded.load_state(replay.state())
    put_steps(loaded, steps_of(replay))

    for each in (replay, loaded):
        assert set(samples_from(each, 4.0)) == {3.0, 4.0, 5.0, 6.0}


def test_rewards_may_depend_on_goals_alone() -> None:
    class Effortless(Line):
        def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
            assert info.shape == (len(achieved), 0)
            distance: Float32 = np.abs(achieved - desired)[:, 0]
            return -distance

    replay = empty(SETTINGS, Effortless())
    for start in (0.0, 1.0):
        step(replay, start, 10.0, effort=None)

    assert samples_from(replay, 0.0) == {1.0: (0.0, 0.0, 1.0), 2.0: (-1.0, 0.0, 2.0)}


def test_failures_end_samples_with_other_goals_too() -> None:
    class Exhausting(Line):
        def compute_terminated(self, achieved: Float32, desired: Float32, info: Float32) -> Mask:
            return super().compute_terminated(achieved, desired, info) | (info[:, 0] > 0.2)

    replay = walked(relabel_future=1.0, relabel_other=0.0, goal_space=Exhausting())

    assert samples_from(replay, 0.0)[3.0] == (-2.0 - 1.25 / 2, 0.0, 2.0)
    assert samples_from(replay, 1.0)[3.0] == (-1.25, 0.0, 2.0)


def test_goals_of_others_are_rewarded_by_hand() -> None:
    replay = walked(relabel_future=0.0, relabel_other=1.0)

    assert samples_from(replay, 0.0) == {
        10.0: (-9.0 - 8.25 / 2, 0.25, 2.0),
        20.0: (-19.0 - 18.25 / 2, 0.25, 2.0),
    }
    assert samples_from(replay, 5.0) == {10.0: (-4.0, 0.5, 6.0), 20.0: (-14.0, 0.5, 6.0)}


def test_what_cannot_be_asked_for_leaves_a_sample_its_own_goal() -> None:
    class Short(Line):
        def attainable(self, goal: Float32) -> Mask:
            return goal[:, 0] < 2.5

    replay = walked(relabel_future=1.0, relabel_other=0.0, goal_space=Short())

    assert set(samples_from(replay, 0.0)) == {1.0, 2.0, 10.0}
    assert samples_from(replay, 2.0) == {10.0: (-7.0, 0.5, 3.0)}
    assert set(samples_from(replay, 5.0)) == {20.0}


class Sparse(Line):
    """A goal counts as achieved up to 1.25 from it."""

    def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
        return np.where(np.abs(achieved - desired)[:, 0] < 1.25, 0.0, -1.0).astype(np.float32)


EARNED = replace(SETTINGS, relabel_earned=True, reward_bounds=(-1.0, 0.0))
STAYED = [(0.0, False), (0.0, False), (0.0, True)]
WALKED = [(5.0, False), (6.0, True)]


def test_goals_that_were_achieved_from_the_start_make_way_for_earned_ones() -> None:
    replay = empty(EARNED, Sparse())
    for start, last in STAYED + WALKED:
        step(replay, start, 10.0, truncated=last)

    observed = replay.sample(400).observation
    assert set(map(tuple, observed[:, :2].tolist())) == {(5.0, 7.0), (6.0, 7.0)}


def test_where_nothing_was_earned_samples_keep_their_goal() -> None:
    replay = empty(EARNED, Sparse())
    for start, last in STAYED:
        step(replay, start, 10.0, truncated=last)

    assert set(replay.sample(100).observation[:, 1]) == {10.0}


def test_every_part_of_the_observations_follows_the_goal() -> None:
    batch = walked(relabel_future=0.5, relabel_other=0.5).sample(400)

    np.testing.assert_array_equal(batch.observation[:, 1], batch.bootstrap_observation[:, 1])
    for observation in (batch.observation, batch.bootstrap_observation):
        np.testing.assert_array_equal(observation[:, 2], observation[:, 1] - observation[:, 0])


def test_the_shares_of_relabelled_samples_are_as_set() -> None:
    batch = walked(relabel_future=0.25, relabel_other=0.0).sample(400)

    assert (batch.observation[:, 1] < 10.0).mean() == pytest.approx(0.25)


def test_stored_observations_are_left_alone() -> None:
    replay = walked(relabel_future=1.0, relabel_other=0.0)
    replay.sample(100)

    assert set(replay.sample_returns(100, 2).observation[:, 1]) == {10.0, 20.0}
