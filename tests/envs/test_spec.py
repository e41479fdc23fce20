"""What code of others reads in the spec of an environment."""

import copy
from typing import Any

import gymnasium
import pytest

import tasks
from robo_ddpg.envs.registration import environment_id
from robo_ddpg.errors import SettingsError

ID = "robo_ddpg/Reach-v0"


def limit(env: Any) -> int | None:
    assert env.spec is not None
    return env.spec.max_episode_steps


def test_it_tells_the_time_limit_of_every_task(task_name: str) -> None:
    with gymnasium.make(environment_id(task_name)) as env:
        assert limit(env) == tasks.make(task_name).episode_steps


@pytest.mark.parametrize("make", [gymnasium.make, gymnasium.make_vec])
def test_it_follows_the_settings_and_makes_the_same_again(make: Any) -> None:
    env = make(ID, episode_s=0.5)
    assert limit(env) == 10
    for other in (make(env.spec), copy.deepcopy(env)):
        assert limit(other) == 10
        assert other.unwrapped.task.settings == env.unwrapped.task.settings


def test_episodes_that_a_setting_makes_longer_are_not_cut_off() -> None:
    steps = tasks.make("reach").episode_steps + 20
    env = gymnasium.make(ID, episode_s=steps / 20)
    env.reset(seed=0)
    ends = [env.step(env.action_space.sample())[3] for _ in range(steps)]
    assert ends.index(True) == steps - 1


def test_another_limit_of_a_batch_is_a_setting() -> None:
    with pytest.raises(SettingsError, match=r"give episode_s=1\.5 in place of"):
        gymnasium.make_vec(ID, num_envs=2, max_episode_steps=30)
