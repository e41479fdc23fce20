"""Tasks by name, by module and class, and as Gymnasium ids."""

import copy
import sys
import textwrap
from pathlib import Path

import gymnasium
import pytest

import tasks
from robo_ddpg.envs.names import TaskSource, make_environment, resolve
from robo_ddpg.envs.registration import environment_id, make_task, register_environments
from robo_ddpg.errors import EntryPointError, SettingsError


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
        assert resolve(environment_id(task)) == TaskSource(task)


def test_registering_again_changes_nothing() -> None:
    before = dict(gymnasium.registry)
    register_environments()
    assert gymnasium.registry == before


def test_a_class_is_found_from_the_working_directory(my_module: str) -> None:
    task = make_task(f"{my_module}:Near", episode_s=1.0)
    assert task.describe()["name"] == f"{my_module}:Near"
    assert task.describe()["settings"]["tolerance_m"] == 0.05
    assert task.episode_steps == 20
    env = make_environment(f"{my_module}:Near", 2)
    assert env.num_envs == 2


def test_looking_for_a_module_leaves_the_import_path_as_it_was(my_module: str) -> None:
    before = list(sys.path)
    make_task(f"{my_module}:Near")
    with pytest.raises(EntryPointError):
        make_task("no_such_module_at_all:Task")
    assert sys.path == before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("{}:Missing", "has no 'Missing'"),
        ("{}:number", "expected a subclass of tasks.Task, got 3"),
        ("{}:", "expected module:Class"),
        (":Near", "expected module:Class"),
        ("{}.py:Near", "expected module:Class"),
        ("./{}:Near", "expected module:Class"),
        ("no_such_module_at_all:Near", "no module 'no_such_module_at_all'"),
    ],
)
def test_a_path_that_leads_nowhere_is_explained(my_module: str, path: str, said: str) -> None:
    with pytest.raises(EntryPointError, match=said):
        make_task(path.format(my_module))


def test_an_import_that_fails_inside_the_users_module_is_not_hidden(
    my_module: str, tmp_path: Path
) -> None:
    (tmp_path / "broken_tasks.py").write_text("import no_such_dependency\n")
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        make_task("broken_tasks:Task")


def test_settings_given_with_a_task_are_not_ignored() -> None:
    with pytest.raises(SettingsError, match="episode_s"):
        make_task(make_task("reach"), episode_s=1.0)


def test_a_class_named_by_its_module_keeps_its_own_name_elsewhere() -> None:
    assert make_task("tasks.arm.reach:Reach").describe()["name"] == "tasks.arm.reach:Reach"
    assert make_task("reach").describe()["name"] == "reach"


@pytest.mark.parametrize(("settings", "steps"), [({}, 50), ({"episode_s": 4.0}, 80)])
def test_the_spec_of_an_environment_has_the_length_of_its_episodes(
    settings: dict[str, float], steps: int
) -> None:
    env = gymnasium.make("robo_ddpg/Reach-v0", **settings)
    batch = gymnasium.make_vec("robo_ddpg/Reach-v0", num_envs=2, **settings)
    for made in (env, batch, copy.deepcopy(env), gymnasium.make(env.spec)):
        assert made.spec.max_episode_steps == steps
    env.reset(seed=0)
    outcomes = [env.step(env.action_space.sample()) for _ in range(steps)]
    assert [outcome[3] for outcome in outcomes] == [False] * (steps - 1) + [True]
