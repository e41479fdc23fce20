"""Environments of any form, as training and evaluation see them."""

import traceback
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.foreign.stepping import fastest
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import EnvironmentFailure, SettingsError, UnknownEnvironmentError


def stepped(env: Environment, steps: int, action: float = 1.0) -> list[tuple[Any, ...]]:
    """Every step, with resets where episodes end."""
    env.reset(seed=0)
    actions = np.full((env.num_envs, *env.single_action_space.shape), action, np.float32)
    results = []
    for _ in range(steps):
        results.append(env.step(actions))
        ended = results[-1][2] | results[-1][3]
        if ended.any():
            env.reset(options={"reset_mask": ended})
    return results


def test_nested_observations_become_vectors_in_a_named_order() -> None:
    env = make_environment("toys:Nested", 2)
    observation, _ = env.reset(seed=0)
    parts = {part["name"]: part["size"] for part in env.describe()["observation"]}
    assert parts == {"dials": 5, "gear": 3, "pair/0": 1, "pair/1": 1, "picture": 12, "switches": 2}
    expected = [0, 1, 0, 0, 1, 1, 0, 0, 0.25, -7, *[0] * 12, 1, 0]
    np.testing.assert_array_equal(observation, [expected] * 2)
    env.close()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("toys:IntegerAction", [-3, 0], [5, 2]),
        ("toys:DoubleAction", [-1.38], [0.82]),
        ("toys:ScalarAction", [-2], [2]),
    ],
)
def test_actions_of_any_form_stay_within_their_space(
    name: str, low: list[float], high: list[float]
) -> None:
    env = make_environment(name, 2)
    np.testing.assert_allclose(env.single_action_space.low, low)
    np.testing.assert_allclose(env.single_action_space.high, high)
    env.reset(seed=0)
    for bound in (env.single_action_space.low, env.single_action_space.high):
        env.step(np.tile(bound, (2, 1)))  # the toy checks what it gets
    env.close()


def test_a_reward_may_be_an_array_of_one() -> None:
    env = make_environment("toys:ArrayReward", 2)
    assert stepped(env, 1)[0][1].tolist() == [1.5, 1.5]
    env.close()


def test_of_the_information_only_success_is_taken() -> None:
    env = make_environment("toys:Infos", 2)
    results = stepped(env, 5)
    assert all(set(info) == {"is_success"} for *_, info in results)
    assert [info["is_success"].tolist() for *_, info in results[1:3]] == [[False] * 2, [True] * 2]
    env.close()


@pytest.mark.parametrize("name", ["toys:NaNAtThree", "toys:NaNReward"])
def test_numbers_that_are_not_finite_end_the_episode_and_are_named(name: str) -> None:
    env = make_environment(name, 1)
    results = stepped(env, 4)
    bad = [k for k, (*_, info) in enumerate(results) if "faults" in info]
    observation, reward, terminated, truncated, info = results[bad[0]]
    assert np.isfinite(observation).all() and reward[0] == 0.0
    assert truncated[0] and not terminated[0] and info["unstable"][0]
    assert f"{name}, simulation 0, step {bad[0] + 1} of its episode" in info["faults"][0]
    env.close()


def test_an_episode_that_cannot_start_is_an_error() -> None:
    env = make_environment("toys:NaNStart", 2)
    with pytest.raises(EnvironmentFailure, match=r"episodes start with observation\[0\] = nan"):
        env.reset(seed=0)
    env.close()


def test_an_observation_of_another_shape_is_named() -> None:
    env = make_environment("toys:ChangesShape", 1)
    said = r"toys:ChangesShape.* step 2: observation has shape \(2,\), its space says \(1,\)"
    with pytest.raises(EnvironmentFailure, match=said) as raised:
        stepped(env, 2)
    assert raised.value.__cause__ is None
    env.close()


def test_an_exception_keeps_its_traceback_and_says_where_it_was() -> None:
    env = make_environment("toys:Raises", 2)
    with pytest.raises(EnvironmentFailure, match="toys:Raises, simulation 0, step 2: ") as raised:
        stepped(env, 2)
    cause = raised.value.__cause__
    assert isinstance(cause, ValueError)
    assert traceback.extract_tb(cause.__traceback__)[-1].filename.endswith("toys.py")
    env.close()


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("toys:Unbounded", "RescaleAction"),
        ("toys:Huge", "RescaleAction"),
        ("toys:Choices", "needs a bounded Box"),
        ("MountainCar-v0", "MountainCarContinuous-v0 has them"),
        ("toys:Words", "text is a space of kind Text; supported are Box, Discrete"),
        ("toys:Toys", "did you mean toys:Toy"),
        ("toys:Nothing-v0", "nothing of that name"),
        ("no_such_module:Env", "no module 'no_such_module'"),
    ],
)
def test_what_cannot_be_learned_on_is_refused_with_the_way_out(name: str, way_out: str) -> None:
    with pytest.raises(UnknownEnvironmentError, match=way_out):
        make_environment(name, 2)


def test_arguments_reach_a_class_and_unknown_ones_are_refused() -> None:
    env = make_environment("toys:Toy", 1, length=2)
    assert [truncated[0] for *_, truncated, _ in stepped(env, 4)] == [False, True] * 2
    env.close()
    with pytest.raises(SettingsError, match="lenght"):
        make_environment("toys:Toy", 1, lenght=2)


def test_arguments_may_have_names_that_this_package_uses() -> None:
    env = make_environment("toys:Named", 1, **{"name": "x", "num_envs": 3})
    assert [truncated[0] for *_, truncated, _ in stepped(env, 3)] == [False, False, True]
    env.close()


def test_an_id_is_found_in_its_module() -> None:
    env = make_environment("gymnasium.envs.classic_control:Pendulum-v1", 2)
    assert env.reset(seed=0)[0].shape == (2, 3)
    env.close()


def test_the_way_of_stepping_is_chosen_by_a_trial() -> None:
    trial = fastest("Pendulum-v1", {}, 2, 2)
    assert trial.best == max(trial.rates, key=lambda way: trial.rates[way])
    assert "in turn" in str(trial)
