"""Demonstrations among what is learned from, by hand.

A demonstration walks along a line towards its goal; observations are (position, goal). A reward is
minus the distance left after the step, and actions lie within [0, 2].
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box

from robo_ddpg.agent.action_scaling import ActionScaling
from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.replay.buffer import Minibatch
from robo_ddpg.agent.replay.demonstrations import Demonstrations
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Episode, GoalSpace, Transitions
from tasks.arrays import Float32, Mask
from tests.agent.steps import put_steps, steps_of

ACTIONS = Box(0.0, 2.0, (1,))
SETTINGS = replace(
    AgentSettings(),
    hidden_sizes=(16, 16),
    batch_size=16,
    replay_capacity=100,
    warmup_transitions=16,
    discount=0.5,
    n_step=2,
    relabel_future=0.0,
    relabel_other=0.5,
    demonstration_share=0.25,
)


class Line:
    def achieved_goal(self, observation: Float32) -> Float32:
        return observation[:, :1]

    def desired_goal(self, observation: Float32) -> Float32:
        return observation[:, 1:]

    def attainable(self, goal: Float32) -> Mask:
        return np.ones(len(goal), np.bool_)

    def replace_goal(self, observation: Float32, goal: Float32) -> Float32:
        return np.concatenate((observation[:, :1], goal), axis=1)

    def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
        reward: Float32 = -np.abs(achieved - desired)[:, 0]
        return reward

    def compute_terminated(self, achieved: Float32, desired: Float32, info: Float32) -> Mask:
        return np.zeros(len(achieved), np.bool_)


def walk(start: float, steps: int, goal: float, **changes: Any) -> Episode:
    """One unit a step, by actions of 1.5."""
    position = start + np.arange(steps + 1)
    observation = np.stack((position, np.full(steps + 1, goal)), 1).astype(np.float32)
    reward = -np.abs(position[1:] - goal).astype(np.float32)
    action = np.full((steps, 1), 1.5, np.float32)
    none = np.zeros((steps, 0), np.float32)
    return replace(Episode(observation, action, reward, False, none), **changes)


TWO = [walk(0.0, 3, 10.0), walk(50.0, 1, 60.0, terminated=True)]


def shown(
    episodes: list[Episode] = TWO, goal_space: GoalSpace | None = None, **changes: Any
) -> Minibatch:
    """A minibatch of many demonstrated rows, and none besides."""
    settings = replace(SETTINGS, batch_size=800, replay_capacity=800, **changes)
    store = Demonstrations(
        episodes, settings, ActionScaling(ACTIONS.low, ACTIONS.high), 0, goal_space
    )
    return store._buffer.sample(800)


def rows_from(batch: Minibatch, position: float) -> set[tuple[float, ...]]:
    """Distinct (goal, reward, discount, bootstrap position) of rows that start at a position."""
    here = batch.observation[:, 0] == position
    parts = (batch.observation[:, 1:], batch.reward, batch.discount)
    rows = np.concatenate((*parts, batch.bootstrap_observation[:, :1]), 1)[here]
    return {tuple(row) for row in rows.tolist()}


def test_steps_are_summed_within_an_episode_and_a_cut_keeps_the_bootstrap() -> None:
    batch = shown()

    assert rows_from(batch, 0.0) == {(10.0, -9.0 - 8.0 / 2, 0.25, 2.0)}
    assert rows_from(batch, 2.0) == {(10.0, -7.0, 0.5, 3.0)}
    assert rows_from(batch, 50.0) == {(60.0, -9.0, 0.0, 51.0)}
    assert set(batch.action[:, 0]) == {0.5}  # 1.5 of 0 to 2


def test_goals_achieved_later_are_learned_from_and_those_of_others_are_not() -> None:
    batch = shown(goal_space=Line(), relabel_future=0.5)

    assert rows_from(batch, 1.0) == {
        (10.0, -8.0 - 7.0 / 2, 0.25, 3.0),
        (2.0, 0.0 - 1.0 / 2, 0.25, 3.0),
        (3.0, -1.0 - 0.0, 0.25, 3.0),
    }


def test_rewards_that_depend_on_what_is_not_known_are_left_as_they_are() -> None:
    batch = shown([walk(0.0, 3, 10.0, reward_info=None)], Line(), relabel_future=0.5)

    assert set(batch.observation[:, 1]) == {10.0}


def learner(seed: int = 0, demonstrations: list[Episode] | None = TWO, **changes: Any) -> Learner:
    spaces = Box(-100, 100, (2,)), ACTIONS
    made = make_learner(*spaces, replace(SETTINGS, **changes), 4, seed, Line())
    if demonstrations is not None:
        made.add_demonstrations(demonstrations)
    return made


def advance(agent: Learner, steps: int) -> list[Any]:
    """Explore, store and update far away from what is demonstrated; everything measured."""
    generator = np.random.default_rng(0)
    measured: list[Any] = []
    for _ in range(steps):
        observation = generator.uniform(-100, -50, (4, 2)).astype(np.float32)
        action = agent.explore(observation)
        no = np.zeros(4, np.bool_)
        stored = (observation, action, observation[:, 0], no, no, observation + 1, None, ~no)
        agent.store(Transitions(*stored))
        measured.append(action.tolist())
        if agent.ready:
            measured.append(agent.update())
    return measured


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What backends are given."""
    from robo_ddpg.agent.fast.backend import FastBackend

    given: list[Any] = []
    differentiate = FastBackend.critic_gradient

    def spy(backend: FastBackend, sample: Any, target: Any) -> Any:
        given.append(sample)
        return differentiate(backend, sample, target)

    monkeypatch.setattr(FastBackend, "critic_gradient", spy)
    return given


def test_the_share_of_each_minibatch_is_demonstrated_and_comes_first(batches: list[Any]) -> None:
    agent = learner(normalize_observations=False)
    advance(agent, 40)  # overwrites its own steps
    agent.update(3)

    assert len(batches) > 23
    for sample in batches:
        assert sample.demonstrations == 4
        assert ((sample.observation[:, 0] >= 0).nonzero().ravel() == torch.arange(4)).all()


def test_without_demonstrations_the_share_means_nothing(batches: list[Any]) -> None:
    first = advance(learner(demonstrations=None), 12)
    second = advance(learner(demonstrations=None, demonstration_share=0.75), 12)

    assert first == second
    assert {sample.demonstrations for sample in batches} == {0}


def test_the_normaliser_has_seen_the_demonstrations() -> None:
    state = learner(demonstrations=[walk(0.0, 3, 10.0)]).state()

    assert state["normalizer.count"].tolist() == [4]
    assert state["normalizer.mean"].tolist() == [1.5, 10.0]


@pytest.mark.parametrize("backend", ["fast", "autograd"])
def test_learning_with_demonstrations_resumes_exactly(backend: Any) -> None:
    agent = learner(backend=backend)
    advance(agent, 10)
    state = agent.state()
    steps = steps_of(agent.replay_buffer)
    expected = advance(agent, 8)

    resumed = learner(seed=5, backend=backend)
    resumed.load_state(state)
    put_steps(resumed.replay_buffer, steps)
    assert advance(resumed, 8) == expected


def test_a_state_does_not_go_on_with_other_demonstrations() -> None:
    state = learner().state()

    with pytest.raises(ValueError, match="no longer those it has learned from"):
        learner(demonstrations=[walk(0.0, 4, 10.0)]).load_state(state)


@pytest.mark.parametrize("backend", ["fast", "autograd"])
def test_what_is_shown_is_imitated_where_values_say_nothing(backend: Any) -> None:
    worthless = [replace(walk(-70.0, 9, -70.0), reward=np.zeros(9, np.float32))]
    agent = learner(
        demonstrations=worthless,
        backend=backend,
        q_filter=False,
        cloning_weight=100.0,
        relabel_other=0.0,
    )
    advance(agent, 300)

    acted = agent.act(worthless[0].observation[:-1])
    np.testing.assert_allclose(acted, 1.5, atol=0.1)
