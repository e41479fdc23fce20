"""Names that a user may give, and what they stand for."""

import gymnasium
import pytest

from robo_ddpg.envs.names import ForeignSource, TaskSource, make_environment, resolve
from robo_ddpg.errors import SettingsError, UnknownEnvironmentError


@pytest.mark.parametrize("name", ["reach", "robo_ddpg/Reach-v0"])
def test_a_task_and_its_id_are_the_same(name: str) -> None:
    assert resolve(name) == TaskSource("reach")


def test_ids_that_are_not_ours_are_gymnasiums() -> None:
    assert resolve("Pendulum-v1") == ForeignSource("Pendulum-v1")


def test_a_class_of_the_users_own_is_a_task() -> None:
    assert resolve("tasks.arm.reach:Reach") == TaskSource("tasks.arm.reach:Reach")


@pytest.mark.parametrize("name", ["reech", "no_such_module:Task", "tasks.arm.reach:PANDA", "", "."])
def test_names_of_nothing_are_refused(name: str) -> None:
    with pytest.raises(UnknownEnvironmentError):
        resolve(name)


def test_settings_are_completed_by_the_tasks_own() -> None:
    complete = resolve("reach").complete({"tolerance_m": 0.03})
    assert complete["tolerance_m"] == 0.03
    assert complete["episode_s"] == 2.5
    with pytest.raises(SettingsError, match="no_such_setting"):
        resolve("reach").complete({"no_such_setting": 1})


def test_a_misspelt_gymnasium_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownEnvironmentError, match="Pendulum-v1"):
        make_environment("Pendulum-v11", 1)


@pytest.mark.parametrize("name", ["CartPole-v1", "FrozenLake-v1"])
def test_spaces_that_cannot_be_trained_are_named(name: str) -> None:
    with pytest.raises(UnknownEnvironmentError, match=f"{name} cannot be trained: its .* Discrete"):
        make_environment(name, 1)


def test_a_gymnasium_environment_whose_packages_are_missing_says_so() -> None:
    gymnasium.register("NeedsMore-v0", entry_point="no_such_package:Env")
    try:
        with pytest.raises(UnknownEnvironmentError, match="no_such_package"):
            make_environment("NeedsMore-v0", 1)
    finally:
        del gymnasium.registry["NeedsMore-v0"]
