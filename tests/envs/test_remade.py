"""Copies of environments, and what is sent to another process."""

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv
from tasks import Reach

COPIES: list[Callable[[Any], Any]] = [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))]


class Near(Reach):
    """A task of a user's own, which has no registered name."""

    name = "near"


def rolled_out(env: Any, steps: int, seed: int | None = None) -> np.ndarray:
    """Observations of an episode."""
    first, _ = env.reset(seed=seed)
    action = np.full(env.action_space.shape, 0.3, np.float32)
    return np.array([first, *(env.step(action)[0] for _ in range(steps))])


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize(
    "make",
    [
        lambda: RobotVectorEnv(3, "reach", threads=1, tolerance_m=0.05, random_mass=0.2),
        lambda: RobotVectorEnv(2, Near(episode_s=1.0), autoreset_mode="Disabled"),
        lambda: RobotEnv("locomotion-walker", episode_s=1.0),
        lambda: gymnasium.make("robo_ddpg/Reach-v0", random_push_n=10.0),
        lambda: gymnasium.make_vec("robo_ddpg/Grasp-v0", num_envs=2),
    ],
)
def test_a_copy_goes_on_as_the_original_does_after_a_reset(
    make: Callable[[], Any], copied: Callable[[Any], Any]
) -> None:
    env = make()
    rolled_out(env, 3, seed=5)
    other = copied(env)
    assert other.spec == env.spec
    task, same = other.unwrapped.task, env.unwrapped.task
    assert (type(task), task.describe()) == (type(same), same.describe())
    assert other.metadata == env.metadata
    expected = rolled_out(env, 8)
    np.testing.assert_array_equal(rolled_out(other, 8), expected)
    np.testing.assert_array_equal(rolled_out(copied(env), 8, seed=9), rolled_out(env, 8, seed=9))


def test_the_original_is_left_alone() -> None:
    env, alone = (RobotVectorEnv(2, "reach", threads=1) for _ in range(2))
    env.reset(seed=3)
    alone.reset(seed=3)
    rolled_out(copy.deepcopy(env), 4)
    action = np.zeros((2, 3), np.float32)
    np.testing.assert_array_equal(env.step(action)[0], alone.step(action)[0])
    np.testing.assert_array_equal(env.reset()[0], alone.reset()[0])


@pytest.mark.parametrize("make", [lambda: RobotVectorEnv(2, "reach"), lambda: RobotEnv("reach")])
def test_a_copy_is_reset_before_its_first_step(make: Callable[[], Any]) -> None:
    env = make()
    env.reset(seed=0)
    other = copy.deepcopy(env)
    action = np.zeros(env.action_space.shape, np.float32)
    with pytest.raises(gymnasium.error.ResetNeeded, match="reset it before its first step"):
        other.step(action)
    other.reset()
    other.step(action)
    env.step(action)


def test_an_environment_is_stepped_in_another_process() -> None:
    env = RobotVectorEnv(2, "reach", threads=1)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        elsewhere = pool.apply(rolled_out, (env, 3, 7))
    np.testing.assert_array_equal(elsewhere, rolled_out(env, 3, 7))
