"""Tasks by name, by module and class, and as Gymnasium ids."""

import sys
import textwrap
from pathlib import Path

import gymnasium
import pytest

import tasks
from robo_ddpg.envs.registration import environment_id, make_task, register_environments
from robo_ddpg.envs.vector import is_gymnasium_id, make_vector_env, task_name
from robo_ddpg.errors import SettingsError, UnknownEnvironmentError


@pytest.fixture
def my_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module in the working directory; its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_own_tasks", raising=False)
    (tmp_path / "my_own_tasks.py").write_text(
        textwrap.dedent('''
        from tasks import Reach


        class Near(Reach):
            """Reach, made easy."""

            def __init__(self, **settings):
                super().__init__(**{"tolerance_m": 0.05, **settings})


        number = 3
        ''')
    )
    return "my_own_tasks"


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("reach", "robo_ddpg/Reach-v0"),
        ("reach-sparse", "robo_ddpg/ReachSparse-v0"),
        ("locomotion-quadruped", "robo_ddpg/LocomotionQuadruped-v0"),
    ],
)
def test_an_id_is_the_name_in_camel_case(task: str, name: str) -> None:
    assert environment_id(task) == name


def test_every_task_has_its_id_and_the_id_leads_back() -> None:
    for task in tasks.names():
        assert environment_id(task) in gymnasium.registry
        assert task_name(environment_id(task)) == task
        assert not is_gymnasium_id(environment_id(task))


def test_registering_again_changes_nothing() -> None:
    before = dict(gymnasium.registry)
    register_environments()
    assert gymnasium.registry == before


def test_names_that_are_not_ours_are_left_alone() -> None:
    assert task_name("Pendulum-v1") == "Pendulum-v1"
    assert task_name("reach") == "reach"
    assert is_gymnasium_id("Pendulum-v1")
    assert not is_gymnasium_id("reach")


def test_a_class_is_found_from_the_working_directory(my_module: str) -> None:
    task = make_task(f"{my_module}:Near", episode_s=1.0)
    assert task.describe()["name"] == f"{my_module}:Near"
    assert task.describe()["settings"]["tolerance_m"] == 0.05
    assert task.episode_steps == 20
    env = make_vector_env(f"{my_module}:Near", 2)
    assert env.num_envs == 2


def test_looking_for_a_module_leaves_the_import_path_as_it_was(my_module: str) -> None:
    before = list(sys.path)
    make_task(f"{my_module}:Near")
    with pytest.raises(UnknownEnvironmentError):
        make_task("no_such_module_at_all:Task")
    assert sys.path == before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("{}:Missing", "no subclass of tasks.Task named 'Missing'"),
        ("{}:number", "no subclass of tasks.Task named 'number'"),
        ("{}:", "expected module:Class"),
        (":Near", "expected module:Class"),
        ("{}.py:Near", "expected module:Class"),
        ("./{}:Near", "expected module:Class"),
        ("no_such_module_at_all:Near", "no module 'no_such_module_at_all'"),
    ],
)
def test_a_path_that_leads_nowhere_is_explained(my_module: str, path: str, said: str) -> None:
    with pytest.raises(UnknownEnvironmentError, match=said):
        make_task(path.format(my_module))


def test_an_import_that_fails_inside_the_users_module_is_not_hidden(
    my_module: str, tmp_path: Path
) -> None:
    (tmp_path / "broken_tasks.py").write_text("import no_such_dependency\n")
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        make_task("broken_tasks:Task")


def test_a_misspelt_gymnasium_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownEnvironmentError, match="Pendulum-v1"):
        make_vector_env("Pendulum-v11", 1)


@pytest.mark.parametrize("name", ["CartPole-v1", "FrozenLake-v1"])
def test_spaces_that_cannot_be_trained_are_named(name: str) -> None:
    with pytest.raises(UnknownEnvironmentError, match=f"{name} cannot be trained: its .* Discrete"):
        make_vector_env(name, 1)


def test_a_gymnasium_environment_whose_packages_are_missing_says_so() -> None:
    gymnasium.register("NeedsMore-v0", entry_point="no_such_package:Env")
    try:
        with pytest.raises(UnknownEnvironmentError, match="no_such_package"):
            make_vector_env("NeedsMore-v0", 1)
    finally:
        del gymnasium.registry["NeedsMore-v0"]


def test_settings_given_with_a_task_are_not_ignored() -> None:
    with pytest.raises(SettingsError, match="episode_s"):
        make_task(make_task("reach"), episode_s=1.0)
