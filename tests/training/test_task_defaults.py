"""The learning settings of every task."""

import json

import pytest

from robo_ddpg.errors import SettingsError
from robo_ddpg.training.settings import configuration, settings_of
from robo_ddpg.training.task_defaults import practised, train_settings
from tasks import Reach
from tasks.learning import Learning


def test_a_config_keeps_the_settings_of_every_task(task_name: str) -> None:
    settings = train_settings(task_name, environment={"episode_s": 1.0})
    read = settings_of(json.loads(json.dumps(configuration(settings))))

    assert (read.agent, read.steps) == (settings.agent, settings.steps)


def test_sparse_rewards_are_learned_from_by_hindsight(task_name: str) -> None:
    agent = train_settings(task_name).agent
    sparse = task_name.endswith("-sparse")

    assert (agent.reward_bounds == (-1.0, 0.0)) is sparse
    assert (agent.relabel_future >= 0.5) is sparse


def test_what_is_practised_differs_from_what_is_judged_unless_it_is_given() -> None:
    settings = train_settings("drive-park")
    assert (practised(settings)["eased"], settings.environment["eased"]) == (0.4, 0.0)
    assert practised(settings) == settings.environment | settings.practice
    given = train_settings("drive-park", environment={"eased": 0.6, "astray": 0.1})
    assert practised(given) == given.environment
    read = settings_of(json.loads(json.dumps(configuration(settings))))
    assert read.practice == settings.practice


def test_mirrors_are_learned_from_where_there_are_some() -> None:
    even = train_settings("locomotion-quadruped")
    uneven = train_settings("locomotion-quadruped", environment={"rough_m": 0.03})
    assert (even.agent.mirror_share, uneven.agent.mirror_share) == (0.5, 0.0)


class Misspelt(Reach):
    """Reach, with a setting that it does not have."""

    learning = Learning(practice={"tolerence_m": 0.1})


def test_a_setting_to_practise_with_that_there_is_not_is_named() -> None:
    with pytest.raises(SettingsError, match="tolerence_m"):
        train_settings(f"{__name__}:Misspelt")


def test_robust_training_varies_the_world_and_what_is_given_stays() -> None:
    settings = train_settings("reach", robust=True, environment={"random_mass": 0.4})
    assert settings.environment["random_mass"] == 0.4
    assert settings.environment["random_latency_steps"] == 2
    assert settings.environment["observed_actions"] == 3
    with pytest.raises(SettingsError, match="Pendulum-v1 is an environment of others"):
        train_settings("Pendulum-v1", robust=True)
