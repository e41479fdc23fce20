"""The learning settings of every task."""

import json

import pytest

from robo_ddpg.errors import SettingsError
from robo_ddpg.training.settings import configuration, settings_of
from robo_ddpg.training.task_defaults import train_settings


def test_a_config_keeps_the_settings_of_every_task(task_name: str) -> None:
    settings = train_settings(task_name, environment={"episode_s": 1.0})
    read = settings_of(json.loads(json.dumps(configuration(settings))))

    assert (read.agent, read.steps) == (settings.agent, settings.steps)


def test_sparse_rewards_are_learned_from_by_hindsight(task_name: str) -> None:
    agent = train_settings(task_name).agent
    sparse = task_name.endswith("-sparse")

    assert (agent.reward_bounds == (-1.0, 0.0)) is sparse
    assert (agent.relabel_future >= 0.5) is sparse


def test_robust_training_varies_the_world_and_what_is_given_stays() -> None:
    settings = train_settings("reach", robust=True, environment={"random_mass": 0.4})
    assert settings.environment["random_mass"] == 0.4
    assert settings.environment["random_latency_steps"] == 2
    assert settings.environment["observed_actions"] == 3
    with pytest.raises(SettingsError, match="Pendulum-v1 is an environment of others"):
        train_settings("Pendulum-v1", robust=True)
