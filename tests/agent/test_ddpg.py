from dataclasses import replace

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box, Discrete
from safetensors.torch import load, save

from robo_ddpg.agent import DDPG, AgentSettings, DivergenceError, Transitions, presets

ENVS, OBSERVATIONS = 4, 3
LOW, HIGH = np.array([-2.0, 0.0], np.float32), np.array([2.0, 1.0], np.float32)
SMALL = replace(
    AgentSettings(), hidden_sizes=(16, 16), batch_size=8, warmup_transitions=16, n_step=2
)


def make_agent(settings=SMALL, seed=0):
    return DDPG(Box(-np.inf, np.inf, (OBSERVATIONS,)), Box(LOW, HIGH), settings, ENVS, seed)


def advance(agent, steps, seed=0, **changes):
    """Explore, store and update on random observations; everything that was drawn."""
    generator = np.random.default_rng(seed)
    drawn = []
    for _ in range(steps):
        observation = generator.normal(size=(ENVS, OBSERVATIONS)).astype(np.float32)
        action = agent.explore(observation)
        transitions = Transitions(
            observation=observation,
            action=action,
            reward=observation.sum(axis=1),
            terminated=generator.random(ENVS) < 0.1,
            truncated=generator.random(ENVS) < 0.1,
            next_observation=observation + 1,
            reward_info=None,
            valid=np.ones(ENVS, np.bool_),
        )
        agent.store(replace(transitions, **changes))
        drawn.append(action.tolist())
        if agent.ready:
            drawn.append(agent.update())
    return drawn


@pytest.mark.parametrize("name", ["default", "td3", "ddpg-2015"])
def test_every_preset_updates(name):
    settings = replace(presets()[name](), warmup_transitions=0, batch_size=8, replay_capacity=800)
    agent = make_agent(settings)
    advance(agent, 6)

    assert agent.updates == 5


def test_updates_start_after_the_warm_up():
    agent = make_agent()
    advance(agent, 3)
    assert not agent.ready
    advance(agent, 1)
    assert agent.ready


def test_the_same_seed_gives_the_same_learning_and_another_does_not():
    first, same, other = make_agent(), make_agent(), make_agent(seed=1)

    assert advance(first, 12) == advance(same, 12)
    assert advance(make_agent(), 12) != advance(other, 12)


def test_no_global_random_numbers_are_drawn():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    advance(make_agent(), 8)

    assert torch.equal(before, torch.get_rng_state())


def test_actions_stay_within_bounds_and_reach_both():
    agent = make_agent(replace(SMALL, noise_range=(3.0, 3.0)))
    advance(agent, 5)
    observation = np.full((ENVS, OBSERVATIONS), 1e6, np.float32)
    explored = np.concatenate([agent.explore(observation) for _ in range(50)])
    acted = agent.act(np.concatenate((observation, -observation)))

    for actions in (explored, acted):
        assert actions.dtype == np.float32
        assert np.all((actions >= LOW) & (actions <= HIGH))
    np.testing.assert_array_equal(explored.min(axis=0), LOW)
    np.testing.assert_array_equal(explored.max(axis=0), HIGH)


def test_acting_draws_nothing_and_changes_nothing():
    agent = make_agent()
    advance(agent, 8)
    observation = np.ones((7, OBSERVATIONS), np.float32)
    before = agent.state()

    np.testing.assert_array_equal(agent.act(observation), agent.act(observation))
    after = agent.state()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("noise", ["gaussian", "ornstein-uhlenbeck"])
def test_learning_resumes_exactly_from_saved_bytes(tmp_path, noise):
    settings = replace(
        SMALL, noise=noise, normalize_observations=True, repeat_probability=0.3, actor_delay=3
    )
    agent = make_agent(settings)
    advance(agent, 13)
    state = save(agent.state())
    agent.replay_buffer.save(tmp_path)
    expected = advance(agent, 10, seed=1)

    resumed = make_agent(settings, seed=99)
    resumed.load_state(load(state))
    resumed.replay_buffer.load(tmp_path)

    assert advance(resumed, 10, seed=1) == expected
    mine, theirs = agent.state(), resumed.state()
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_loading_an_earlier_state_undoes_updates():
    agent = make_agent()
    advance(agent, 8)
    before = agent.state()
    for _ in range(5):
        agent.update()
    changed = agent.state()
    learned = [name for name in before if name.startswith("networks")]
    assert not any(torch.equal(before[name], changed[name]) for name in learned)
    agent.load_state(before)

    after = agent.state()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_targets_follow_by_the_share_set():
    agent = make_agent(replace(SMALL, target_rate=0.25, actor_delay=1))
    advance(agent, 4)
    before = agent.state()
    agent.update()
    after = agent.state()

    for name in ("actor", "critic"):
        old, new = before[f"networks.target_{name}"], after[f"networks.{name}"]
        expected = 0.75 * old + 0.25 * new
        torch.testing.assert_close(after[f"networks.target_{name}"], expected)


def test_the_actor_is_delayed():
    agent = make_agent(replace(SMALL, actor_delay=3))
    metrics = [drawn for drawn in advance(agent, 9) if isinstance(drawn, dict)]

    assert ["policy_q" in each for each in metrics] == [False, False, True] * 2


def test_a_non_finite_reward_is_named():
    agent = make_agent()
    with pytest.raises(DivergenceError, match="a stored reward is not finite"):
        advance(agent, 10, reward=np.full(ENVS, np.nan, np.float32))


@pytest.mark.parametrize("normalize", [False, True])
def test_a_non_finite_observation_is_named(normalize):
    agent = make_agent(replace(SMALL, normalize_observations=normalize))
    observation = np.zeros((ENVS, OBSERVATIONS), np.float32)
    observation[:, 1] = np.inf
    message = r"components \[1\]" if normalize else "a stored observation is not finite"
    with pytest.raises(DivergenceError, match=message):
        advance(agent, 10, observation=observation)


def test_non_finite_parameters_are_named():
    agent = make_agent()
    advance(agent, 6)
    state = agent.state()
    state["networks.target_critic"][:] = np.nan
    agent.load_state(state)
    with pytest.raises(DivergenceError, match="parameters of the target_critic are not finite"):
        agent.update()


def test_invalid_steps_are_not_learnt_from():
    agent = make_agent()
    invalid = {"valid": np.zeros(ENVS, np.bool_), "reward": np.full(ENVS, np.nan, np.float32)}
    advance(agent, 6, **invalid)

    assert not agent.ready
    advance(agent, 6)
    assert agent.ready


def test_diagnostics_measure_the_return_really_obtained():
    settings = replace(SMALL, discount=0.5, batch_size=64)
    agent = make_agent(settings)
    ones = {"reward": np.ones(ENVS, np.float32), "terminated": np.ones(ENVS, np.bool_)}
    advance(agent, 30, **ones)
    measured = agent.diagnostics()

    assert measured["measured_return"] == pytest.approx(1.0)
    assert measured["q_gap"] == pytest.approx(measured["q"] - 1.0, abs=1e-5)
    assert measured["saturated_actions"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("observations", "actions", "message"),
    [
        (Box(-1, 1, (2, 2)), Box(-1, 1, (1,)), "observation_space.*flatten"),
        (Box(-1, 1, (2,)), Discrete(3), "action_space.*one-dimensional Box"),
        (Box(-1, 1, (2,)), Box(-np.inf, 1, (1,)), "action_space.*finite bounds"),
        (Box(-1, 1, (2,)), Box(1, 1, (1,)), "action_space.*low < high"),
    ],
)
def test_spaces_that_cannot_be_learnt_are_refused(observations, actions, message):
    with pytest.raises(ValueError, match=message):
        DDPG(observations, actions, SMALL, ENVS, seed=0)
