"""Buildings as Gymnasium environments, and as what training and evaluation ask of one."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.building.env import BuildingEnv, BuildingVectorEnv
from robo_ddpg.envs.checkup.checkup import checkup
from robo_ddpg.envs.names import BuildingSource, make_environment, resolve
from robo_ddpg.envs.registration import environment_id
from robo_ddpg.errors import SettingsError, UnknownEnvironmentError
from tasks.building.named import BUILDINGS

EACH = pytest.mark.parametrize("name", BUILDINGS)


@EACH
def test_gymnasium_finds_no_fault(name: str) -> None:
    check_env(gymnasium.make(environment_id(name), render_mode="rgb_array").unwrapped)


@EACH
def test_a_building_has_its_id_and_the_id_leads_back(name: str) -> None:
    assert resolve(name) == resolve(environment_id(name)) == BuildingSource(name)


@EACH
def test_a_building_of_many_does_what_it_does_alone(name: str) -> None:
    many = gymnasium.make_vec(environment_id(name), num_envs=3)
    alone = gymnasium.make(environment_id(name))
    seen, one = many.reset(seed=5)[0][2], alone.reset(seed=7)[0]
    for _ in range(30):
        np.testing.assert_array_equal(seen, one)
        actions = many.action_space.sample()
        seen, reward = (each[2] for each in many.step(actions)[:2])
        one, alone_reward, *_ = alone.step(actions[2])
        assert reward == alone_reward


def test_seeds_fix_episodes_and_differ() -> None:
    env = BuildingVectorEnv(2)
    first, again, other = (env.reset(seed=seed)[0] for seed in (1, 1, 3))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])


def test_a_finished_episode_starts_anew_in_the_next_step() -> None:
    env = BuildingVectorEnv(2, episode_days=1, action="power")
    env.reset(seed=0)
    ends = [env.step(np.zeros((2, 1), np.float32))[3].all() for _ in range(24)]
    assert ends == [False] * 23 + [True]
    _, reward, _, truncated, info = env.step(np.zeros((2, 1), np.float32))
    assert not truncated.any() and not reward.any()
    assert not info["metrics"]["energy_kwh"].any()


def test_only_what_is_masked_starts_anew() -> None:
    env = BuildingVectorEnv(2, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    env.step(np.zeros((2, 1), np.float32))
    env.reset(options={"reset_mask": np.array([True, False])})
    assert env.building.steps.tolist() == [0, 1]


def test_any_action_is_survived_and_counted() -> None:
    env = BuildingVectorEnv(3)
    env.reset(seed=0)
    observation, reward, *_, info = env.step(np.array([[np.nan], [7.0], [0.5]], np.float32))
    assert np.isfinite(observation).all() and np.isfinite(reward).all()
    assert info["safety"]["non_finite"]["count"].tolist() == [1, 0, 0]
    assert info["safety"]["out_of_range"]["size"].tolist() == [0, 6, 0]


def test_being_out_of_comfort_is_a_violation() -> None:
    env = BuildingVectorEnv(1, low_c=25.0)
    env.reset(seed=0)
    info = env.step(np.zeros((1, 1), np.float32))[4]
    assert info["violations"]["too_cold"][0] == 25.0 - env.building.last.air_c[0]
    assert info["violations"]["too_hot"][0] == 0.0


def test_what_was_saved_goes_on_to_the_bit() -> None:
    envs = [make_environment("building-battery", 3, episode_days=1) for _ in range(2)]
    rng = np.random.default_rng(0)
    actions = rng.uniform(-1, 1, (40, 3, 2)).astype(np.float32)
    told: list[list[Any]] = [[], []]
    envs[0].reset(seed=3)
    for action in actions[:10]:
        envs[0].step(action)
    envs[1].load_state(envs[0].state())
    for env, seen in zip(envs, told, strict=True):
        for action in actions[10:]:
            observation, reward, _, truncated, _ = env.step(action)
            seen += [observation, reward]
            if truncated.any():
                env.reset(options={"reset_mask": truncated})
    for one, other in zip(*told, strict=True):
        np.testing.assert_array_equal(one, other)


def test_pictures_are_drawn_where_they_were_asked_for() -> None:
    env = BuildingEnv("building-battery", "rgb_array", first_day=10)
    env.reset(seed=0)
    before = env.render()
    for _ in range(20):
        env.step(np.array([0.6, -0.3], np.float32))
    after = env.render()
    assert before.shape == after.shape == (720, 960, 3)
    assert (before != after).any(axis=2).mean() > 0.05
    assert BuildingEnv().render() is None


def test_the_checks_before_training_find_nothing() -> None:
    found = checkup(resolve("building"), {"episode_days": 1}, simulations=4)
    assert not found.hurts, found.findings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"feed_in_eur_kwh": 1.0}, "building cannot have these settings: feed_in_eur_kwh must be"),
        ({"step_minutes": 7}, "step_minutes must be one of"),
        ({"pump_kW": 3.0}, "there is no pump_kW; did you mean pump_kw?"),
        ({"solar_kwp": "much"}, "solar_kwp must be a number, got 'much'"),
    ],
)
def test_settings_that_misfit_are_named_in_one_line(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        resolve("building").make(1, **settings)


def test_unknown_buildings_are_refused() -> None:
    with pytest.raises(UnknownEnvironmentError, match="available: building, building-battery"):
        BuildingVectorEnv(1, "castle")
