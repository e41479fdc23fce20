"""What the learner promises, whichever backend computes its update."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box, Discrete
from safetensors.torch import load, save
from torch import Tensor

from robo_ddpg.agent.divergence import check_values
from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings, presets
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.errors import DivergenceError
from tasks.arrays import Float32
from tests.agent.steps import put_steps, steps_of

ENVS, OBSERVATIONS = 4, 3
LOW, HIGH = np.array([-2.0, 0.0], np.float32), np.array([2.0, 1.0], np.float32)
SMALL = replace(
    AgentSettings(), hidden_sizes=(16, 16), batch_size=8, warmup_transitions=16, n_step=2
)

NOT_YET = torch.empty(0)
"""What an optimiser keeps for a parameter before its first step."""
AUTOGRAD = replace(SMALL, backend="autograd")
both_backends = pytest.mark.parametrize("settings", [SMALL, AUTOGRAD], ids=["fast", "autograd"])


def make_agent(settings: AgentSettings = SMALL, seed: int = 0) -> Learner:
    observations = Box(-np.inf, np.inf, (OBSERVATIONS,))
    return make_learner(observations, Box(LOW, HIGH), settings, ENVS, seed)


def advance(agent: Learner, steps: int, seed: int = 0, **changes: Any) -> list[Any]:
    """Explore, store and update on random observations; everything that was drawn."""
    generator = np.random.default_rng(seed)
    drawn: list[Any] = []
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


def assert_equal(first: dict[str, Tensor], second: dict[str, Tensor]) -> None:
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


@both_backends
@pytest.mark.parametrize("return_scale", [0.0, 10.0])
def test_bounds_of_returns_are_in_the_unit_of_the_rewards_learned_from(
    settings: AgentSettings, return_scale: float
) -> None:
    def measured(bounds: tuple[float, float] | None) -> float:
        changes: dict[str, Any] = {"discount": 0.5, "return_scale": return_scale}
        agent = make_agent(replace(settings, reward_bounds=bounds, reward_scale=0.1, **changes))
        every, never = np.full(ENVS, -1.0, np.float32), np.zeros(ENVS, np.bool_)
        advance(agent, 20, reward=every, terminated=never)
        return agent.diagnostics().measured_return

    returned = measured(None)
    assert returned < -0.1
    assert measured((-1.0, 0.0)) == pytest.approx(returned, rel=0.1)
    assert measured((-0.25, 0.0)) == pytest.approx(returned / 4, rel=0.1)


@pytest.mark.parametrize("backend", ["fast", "autograd"])
@pytest.mark.parametrize("name", ["default", "td3", "ddpg-2015"])
def test_every_preset_updates(name: str, backend: Any) -> None:
    changes: dict[str, Any] = {"warmup_transitions": 0, "batch_size": 8, "replay_capacity": 800}
    agent = make_agent(replace(presets()[name](), backend=backend, **changes))
    advance(agent, 6)

    assert agent.updates == 5


def test_updates_start_after_the_warm_up() -> None:
    agent = make_agent()
    advance(agent, 3)
    assert not agent.ready
    advance(agent, 1)
    assert agent.ready


@both_backends
def test_the_same_seed_gives_the_same_learning_and_another_does_not(
    settings: AgentSettings,
) -> None:
    first, same, other = (make_agent(settings, seed) for seed in (0, 0, 1))
    expected = advance(first, 12)

    assert advance(same, 12) == expected
    assert advance(other, 12) != expected


@both_backends
@pytest.mark.parametrize("before", [0, 1])
def test_updates_together_learn_what_they_learn_one_after_the_other(
    settings: AgentSettings, before: int
) -> None:
    together, apart = (make_agent(replace(settings, target_noise=0.0, n_step=1)) for _ in range(2))
    same = np.ones((ENVS, OBSERVATIONS), np.float32)  # so that it does not matter what is drawn
    never = np.zeros(ENVS, np.bool_)
    for agent in (together, apart):
        agent.load_state(agent.state() | {"counters": torch.tensor([before, 0])})
        for _ in range(4):
            given = same, same[:, :2], same[:, 0], never, never, same, None, ~never
            agent.store(Transitions(*given))
    found = together.update(5)
    expected = [apart.update() for _ in range(5)]

    assert together.updates == apart.updates == before + 5
    assert found.keys() == {name for metrics in expected for name in metrics}
    assert found["q"] == pytest.approx(expected[-1]["q"], abs=1e-5)
    for name, tensor in together.policy_state().items():
        torch.testing.assert_close(tensor, apart.policy_state()[name], rtol=0.0, atol=1e-5)


@both_backends
def test_no_global_random_numbers_are_drawn(settings: AgentSettings) -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    advance(make_agent(settings), 8)

    assert torch.equal(before, torch.get_rng_state())


@both_backends
def test_actions_stay_within_bounds_and_reach_both(settings: AgentSettings) -> None:
    agent = make_agent(replace(settings, noise_range=(3.0, 3.0)))
    advance(agent, 5)
    observation = np.full((ENVS, OBSERVATIONS), 1e6, np.float32)
    explored = np.concatenate([agent.explore(observation) for _ in range(50)])
    acted = agent.act(np.concatenate((observation, -observation)))

    for actions in (explored, acted):
        assert actions.dtype == np.float32
        assert np.all((actions >= LOW) & (actions <= HIGH))
    np.testing.assert_array_equal(explored.min(axis=0), LOW)
    np.testing.assert_array_equal(explored.max(axis=0), HIGH)


@both_backends
def test_acting_draws_nothing_and_changes_nothing(settings: AgentSettings) -> None:
    agent = make_agent(settings)
    advance(agent, 8)
    observation = np.ones((7, OBSERVATIONS), np.float32)
    before = agent.state()

    np.testing.assert_array_equal(agent.act(observation), agent.act(observation))
    assert_equal(agent.state(), before)


@both_backends
@pytest.mark.parametrize("noise", ["gaussian", "ornstein-uhlenbeck"])
def test_learning_resumes_exactly_from_saved_bytes(noise: Any, settings: AgentSettings) -> None:
    settings = replace(
        settings, noise=noise, normalize_observations=True, repeat_probability=0.3, actor_delay=3
    )
    agent = make_agent(settings)
    advance(agent, 13)
    state = save(agent.state())
    steps = steps_of(agent.replay_buffer)
    expected = advance(agent, 10, seed=1)

    resumed = make_agent(settings, seed=99)
    resumed.load_state(load(state))
    put_steps(resumed.replay_buffer, steps)

    assert advance(resumed, 10, seed=1) == expected
    assert_equal(resumed.state(), agent.state())


@both_backends
def test_what_was_saved_before_the_first_update_resumes_too(settings: AgentSettings) -> None:
    fresh = make_agent(settings).state()
    agent = make_agent(settings, seed=99)
    advance(agent, 8)
    agent.load_state(fresh)

    assert_equal(agent.state(), fresh)


@both_backends
def test_loading_an_earlier_state_undoes_updates(settings: AgentSettings) -> None:
    agent = make_agent(settings)
    advance(agent, 8)
    before = agent.state()
    for _ in range(5):
        agent.update()
    changed = agent.state()
    learned = [name for name in before if name.startswith("networks")]
    assert len(learned) >= 10
    assert not any(torch.equal(before[name], changed[name]) for name in learned)
    agent.load_state(before)

    assert_equal(agent.state(), before)


def test_a_state_of_the_other_backend_is_refused() -> None:
    with pytest.raises((KeyError, RuntimeError)):
        make_agent(SMALL).load_state(make_agent(AUTOGRAD).state())
    with pytest.raises((KeyError, RuntimeError)):
        make_agent(AUTOGRAD).load_state(make_agent(SMALL).state())


@both_backends
def test_the_actor_and_the_targets_are_delayed(settings: AgentSettings) -> None:
    agent = make_agent(replace(settings, actor_delay=3))
    advance(agent, 3)  # one step before the first update
    changes = []
    for step in range(6):
        before = agent.state()
        advance(agent, 1, seed=step)
        after = agent.state()
        changed = [
            name for name in after if not torch.equal(after[name], before.get(name, NOT_YET))
        ]
        changes.append({name.split(".")[1] for name in changed if name.startswith("networks")})

    critics = {"fast": "critic", "autograd": "critics"}[settings.backend]
    only_critics = {critics, "critic_optimizer"}
    everything = only_critics | {"actor", "actor_optimizer", "target_actor", f"target_{critics}"}
    assert changes == [only_critics, only_critics, everything] * 2


@both_backends
def test_a_non_finite_reward_is_named_before_anything_is_learned_from_it(
    settings: AgentSettings,
) -> None:
    agent = make_agent(settings)
    nan = np.full(ENVS, np.nan, np.float32)
    advance(agent, 3, reward=nan)
    before = agent.state()
    with pytest.raises(DivergenceError, match="a stored reward is not finite"):
        advance(agent, 1, reward=nan)

    after = agent.state()
    for name in (name for name in after if name.startswith("networks")):
        assert torch.equal(after[name], before[name])


@pytest.mark.parametrize("normalize", [False, True])
def test_a_non_finite_observation_is_named(normalize: bool) -> None:
    agent = make_agent(replace(SMALL, normalize_observations=normalize))
    observation: Float32 = np.zeros((ENVS, OBSERVATIONS), np.float32)
    observation[:, 1] = np.inf
    message = r"components \[1\]" if normalize else "a stored observation is not finite"
    with pytest.raises(DivergenceError, match=message):
        advance(agent, 10, observation=observation)


@pytest.mark.parametrize(
    ("settings", "name"),
    [(SMALL, "target_critic"), (AUTOGRAD, r"target_critics\.0\.layers\.0\.weight")],
)
def test_non_finite_parameters_are_named(settings: AgentSettings, name: str) -> None:
    agent = make_agent(settings)
    advance(agent, 6)
    state = agent.state()
    state[f"networks.{name}".replace("\\", "")][:] = np.nan
    agent.load_state(state)
    with pytest.raises(DivergenceError, match=f"the learner's {name} is not finite"):
        agent.update()


def test_invalid_steps_are_not_learned_from() -> None:
    agent = make_agent()
    nan = np.full(ENVS, np.nan, np.float32)
    advance(agent, 6, valid=np.zeros(ENVS, np.bool_), reward=nan)

    assert not agent.ready
    advance(agent, 6)
    assert agent.ready


@both_backends
def test_annealed_updates_come_to_rest_at_a_tenth(settings: AgentSettings) -> None:
    steady = replace(settings, actor_delay=1, target_rate=1.0, noise_range=(0.1, 0.1))
    moved = {}
    for updates in (0, 10_000):
        agent = make_agent(replace(steady, anneal_updates=1_000))
        advance(agent, 6)
        agent.updates = updates
        before = agent.policy_state()["actor.0.bias"]
        agent.update()
        moved[updates] = float((agent.policy_state()["actor.0.bias"] - before).abs().max())

    assert moved[10_000] == pytest.approx(0.1 * moved[0], rel=0.01)


@both_backends
def test_diagnostics_measure_the_return_really_obtained(settings: AgentSettings) -> None:
    agent = make_agent(replace(settings, discount=0.5, batch_size=64))
    terminated = np.ones(ENVS, np.bool_)
    advance(agent, 30, reward=np.ones(ENVS, np.float32), terminated=terminated)
    measured = agent.diagnostics()

    assert measured.measured_return == pytest.approx(1.0)
    assert measured.q_gap == pytest.approx(measured.q - 1.0, abs=1e-5)
    assert measured.saturated_actions == [0.0, 0.0]
    assert min(measured.slopes) > 0.9
    assert measured.largest_return == measured.usual_return == 1.0
    assert {name: len(layers) for name, layers in measured.dead_units.items()} == {
        "actor": 2,
        "critic": 2,
    }


def test_values_are_in_the_unit_of_rewards() -> None:
    agent = make_agent(replace(SMALL, reward_scale=0.01, discount=0.5, return_scale=10.0))
    every, terminated = np.full(ENVS, 100.0, np.float32), np.ones(ENVS, np.bool_)
    advance(agent, 80, reward=every, terminated=terminated)
    observation, action = np.zeros((ENVS, OBSERVATIONS), np.float32), np.tile(HIGH / 2, (ENVS, 1))

    # Each episode is one step that is worth 100, ten times as much once rewards are scaled.
    assert agent.diagnostics().reward_unit == pytest.approx(1e-3)
    assert agent.value(observation, action) == pytest.approx(100.0, rel=0.3)


@pytest.mark.parametrize(
    ("observations", "actions", "message"),
    [
        (Box(-1, 1, (2, 2)), Box(-1, 1, (1,)), "observation_space.*flatten"),
        (Box(-1, 1, (2,)), Discrete(3), "action_space.*one-dimensional Box"),
        (Box(-1, 1, (2,)), Box(-np.inf, 1, (1,)), "action_space.*finite bounds"),
        (Box(-1, 1, (2,)), Box(1, 1, (1,)), "action_space.*low < high"),
    ],
)
def test_spaces_that_cannot_be_learned_are_refused(
    observations: Any, actions: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_learner(observations, actions, SMALL, ENVS, seed=0)


@pytest.mark.parametrize("reward", [1.0, 1e6])
def test_values_that_run_away_are_noticed_while_they_are_still_finite(reward: float) -> None:
    rewards, most = np.full((8, 1), reward, np.float32), reward / (1 - 0.9)
    check_values(7, 9e3 * most, rewards, discount=0.9)
    with pytest.raises(DivergenceError, match="update 7: the critics' values have run away: q="):
        check_values(7, -1.1e4 * most, rewards, discount=0.9)
    check_values(7, 1e8, rewards, discount=1.0)


@both_backends
def test_a_learner_whose_values_run_away_stops(settings: AgentSettings) -> None:
    agent = make_agent(replace(settings, critic_learning_rate=1e3, critic_layer_norm=False))
    with pytest.raises(DivergenceError, match="run away"):
        advance(agent, 40)
