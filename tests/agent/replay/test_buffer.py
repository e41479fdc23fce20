"""Episodes counted by hand. Observations carry (simulation, time), so that samples tell where
they come from; the reward of the step taken at time t is 10**t unless a test says otherwise."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from robo_ddpg.agent.replay.buffer import ReplayBuffer
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from tests.agent.steps import put_steps, steps_of


def settings(**changes: Any) -> AgentSettings:
    return AgentSettings(
        **{"batch_size": 2, "replay_capacity": 20, "discount": 0.5, "n_step": 3} | changes
    )


def step(
    time: int,
    num_envs: int,
    terminated: Sequence[int] = (),
    truncated: Sequence[int] = (),
    invalid: Sequence[int] = (),
    reward: float | None = None,
) -> Transitions:
    envs = np.arange(num_envs)
    now = np.stack([envs, np.full(num_envs, time)], axis=1).astype(np.float32)
    return Transitions(
        observation=now,
        action=np.zeros((num_envs, 1), np.float32),
        reward=np.full(num_envs, 10.0**time if reward is None else reward, np.float32),
        terminated=np.isin(envs, terminated),
        truncated=np.isin(envs, truncated),
        next_observation=now + np.array([0.0, 1.0], np.float32),
        reward_info=None,
        valid=~np.isin(envs, invalid),
    )


def filled(steps: list[dict[str, Any]], num_envs: int = 1, **changes: Any) -> ReplayBuffer:
    """A replay buffer with these steps, each a dictionary of arguments of `step`."""
    replay = ReplayBuffer(settings(**changes), num_envs, 2, 1, seed=0)
    for time, arguments in enumerate(steps):
        transitions = step(time, num_envs, **arguments)
        replay.store(transitions, transitions.action)
    return replay


def samples_at(
    replay: ReplayBuffer, time: int, env: int = 0, size: int = 500
) -> list[tuple[float, ...]]:
    """Distinct (reward, discount, time of the bootstrap observation) sampled for one step."""
    batch = replay.sample(size)
    here = (batch.observation == [env, time]).all(axis=1)
    rows = np.concatenate((batch.reward, batch.discount, batch.bootstrap_observation[:, 1:]), 1)
    return [tuple(row) for row in np.unique(rows[here], axis=0).tolist()]


def test_n_step_return_by_hand() -> None:
    replay = filled([{}] * 6)

    # 1 + 10 / 2 + 100 / 4, then the value 3 steps later at weight 1 / 8.
    assert samples_at(replay, 0) == [(31.0, 0.125, 3.0)]


def test_truncation_keeps_the_bootstrap() -> None:
    replay = filled([{}, {"truncated": [0]}, {}, {}])

    assert samples_at(replay, 0) == [(6.0, 0.25, 2.0)]
    assert samples_at(replay, 1) == [(10.0, 0.5, 2.0)]


def test_termination_cuts_the_bootstrap() -> None:
    replay = filled([{}, {"terminated": [0]}, {}, {}])

    assert samples_at(replay, 0) == [(6.0, 0.0, 2.0)]
    assert samples_at(replay, 1) == [(10.0, 0.0, 2.0)]


def test_rewards_are_scaled_and_discounts_are_not() -> None:
    replay = filled([{}, {"terminated": [0]}, {}, {}], reward_scale=0.5)

    assert samples_at(replay, 0) == [(3.0, 0.0, 2.0)]
    assert samples_at(replay, 2) == [(300.0, 0.25, 4.0)]


def test_the_newest_steps_bootstrap_from_the_last_observation() -> None:
    replay = filled([{}] * 3)

    assert samples_at(replay, 2) == [(100.0, 0.5, 3.0)]


def test_an_invalid_step_is_never_sampled_and_ends_the_episode_before_it() -> None:
    replay = filled([{}, {}, {"invalid": [0], "reward": np.nan}, {}, {}])

    assert len(replay) == 4
    assert samples_at(replay, 0) == [(6.0, 0.25, 2.0)]
    assert samples_at(replay, 1) == [(10.0, 0.5, 2.0)]
    assert samples_at(replay, 2) == []
    assert samples_at(replay, 3) == [(6000.0, 0.25, 5.0)]


def test_simulations_have_their_own_episodes() -> None:
    replay = filled([{"truncated": [1]}, {"invalid": [2]}, {}], num_envs=3, replay_capacity=30)

    assert samples_at(replay, 0, env=0) == [(31.0, 0.125, 3.0)]
    assert samples_at(replay, 0, env=1) == [(1.0, 0.5, 1.0)]
    assert samples_at(replay, 1, env=1) == [(60.0, 0.25, 3.0)]
    assert samples_at(replay, 0, env=2) == [(1.0, 0.5, 1.0)]
    assert samples_at(replay, 1, env=2) == []


def test_a_reset_between_episodes_can_be_told() -> None:
    replay = filled([{}, {}])
    replay.end_episodes()
    transitions = step(2, 1)
    replay.store(transitions, transitions.action)

    assert samples_at(replay, 0) == [(6.0, 0.25, 2.0)]


def test_the_ring_overwrites_the_oldest_and_windows_cross_its_seam() -> None:
    steps: list[dict[str, Any]] = [{"reward": 1.0}] * 7
    steps[4] = {"reward": 1.0, "truncated": [0, 1]}
    replay = filled(steps, num_envs=2, replay_capacity=9)  # 4 steps of 2 simulations

    assert len(replay) == 8
    assert [samples_at(replay, time) for time in range(3)] == [[], [], []]
    assert samples_at(replay, 3) == [(1.5, 0.25, 5.0)]
    assert samples_at(replay, 5) == [(1.5, 0.25, 7.0)]


def test_overwriting_counts_invalid_steps_once() -> None:
    steps: list[dict[str, Any]] = [
        {},
        {"invalid": [0]},
        {},
        {},
        {},
        {"invalid": [0]},
        {},
        {},
        {},
        {},
    ]
    replay = ReplayBuffer(settings(replay_capacity=4), 1, 2, 1, seed=0)
    sizes = []
    for time, arguments in enumerate(steps):
        transitions = step(time, 1, **arguments)
        replay.store(transitions, transitions.action)
        sizes.append(len(replay))

    assert sizes == [1, 1, 2, 3, 3, 3, 3, 3, 3, 4]


def test_sampling_is_uniform() -> None:
    batch = filled([{}] * 10, num_envs=2).sample(20_000)

    counts = np.unique(batch.observation, axis=0, return_counts=True)[1]
    assert len(counts) == 20
    np.testing.assert_allclose(counts, 1000, rtol=0.15)


def test_long_returns_reach_the_end_of_the_episode() -> None:
    replay = filled([{}, {}, {}, {"terminated": [0]}])
    batch = replay.sample_returns(200, steps=50)
    first = batch.observation[:, 1] == 0

    assert set(batch.reward[first, 0]) == {1.0 + 5.0 + 25.0 + 125.0}
    assert set(batch.discount[:, 0]) == {0.0}


def test_sampling_from_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="store transitions first"):
        filled([{"invalid": [0]}]).sample(1)


def test_a_buffer_without_room_says_so() -> None:
    with pytest.raises(ValueError, match="replay_capacity=20"):
        ReplayBuffer(settings(), 15, 2, 1, seed=0)


def test_transitions_of_another_number_of_simulations_are_refused() -> None:
    replay = filled([], num_envs=3)
    with pytest.raises(ValueError, match="each of 3 simulations"):
        replay.store(step(0, 1), np.zeros((1, 1), np.float32))


def test_what_is_saved_loads_into_another_buffer() -> None:
    replay = filled([{}, {"truncated": [0]}, {"invalid": [1]}, {}, {}], 2, replay_capacity=8)
    other = filled([{"reward": -1.0}], 2, replay_capacity=8)
    other.load_state(replay.state())
    put_steps(other, steps_of(replay))

    for mine, theirs in zip(
        vars(replay.sample(50)).values(), vars(other.sample(50)).values(), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    assert len(other) == len(replay)


def test_a_buffer_of_another_shape_is_refused() -> None:
    state = filled([{}], 2).state()

    with pytest.raises(ValueError, match="holds 10 steps of 2 simulations"):
        filled([{}], 1).load_state(state)
