"""Tasks by name, by `module:Class`, and as Gymnasium ids."""

import difflib
import importlib
import sys
from pathlib import Path
from typing import Any

import gymnasium

import tasks
from robo_ddpg.errors import RoboDDPGError, SettingsError, UnknownEnvironmentError
from tasks.task import Task


def make_task(task: str | Task, **settings: Any) -> Task:
    """A task from its name.

    Args:
        task: a registered name such as `reach`, or `module:Class` for a class of the user's own
            (found from the working directory too); a task object is returned as it is.
        **settings: the task's settings.

    Raises:
        UnknownEnvironmentError: there is no such task.
        SettingsError: the task has no such setting, or not with this value.
    """
    settings = {key: tuple(v) if isinstance(v, list) else v for key, v in settings.items()}
    if isinstance(task, Task):
        if settings:
            raise SettingsError(f"give settings {sorted(settings)} where the task is made")
        return task
    try:
        return _import_task(task)(**settings) if ":" in task else tasks.make(task, **settings)
    except tasks.UnknownTaskError as error:
        raise UnknownEnvironmentError(f"{error}{_near_gymnasium_id(task)}") from None
    except RoboDDPGError:
        raise
    except (TypeError, ValueError) as error:
        if not settings:
            raise
        raise SettingsError(f"task {task!r} cannot have these settings: {error}") from error


def make_task_of(described: dict[str, Any]) -> Task:
    """The task that a controller or a recording was made with.

    Args:
        described: what `Task.describe` returned.

    Raises:
        UnknownEnvironmentError: there is no such task.
        SettingsError: the task has no such setting now, or not with this value.
    """
    return make_task(described["name"], **described["settings"])


def environment_id(task: str) -> str:
    """The Gymnasium id of a registered task: `reach` is `robo_ddpg/Reach-v0`."""
    return f"robo_ddpg/{''.join(part.title() for part in task.split('-'))}-v0"


def register_environments() -> None:
    """Register every task with Gymnasium, once."""
    for name in tasks.names():
        if environment_id(name) not in gymnasium.registry:
            gymnasium.register(
                environment_id(name),
                entry_point="robo_ddpg.envs.robot_env:RobotEnv",
                vector_entry_point="robo_ddpg.envs.robot_env:RobotVectorEnv",
                kwargs={"task": name},
            )


def _near_gymnasium_id(name: str) -> str:
    """A hint at the Gymnasium environment that may have been meant."""
    near = difflib.get_close_matches(name, gymnasium.registry, n=1, cutoff=0.8)
    return f"; Gymnasium has {near[0]}" if near else ""


def _import_task(path: str) -> type[Task]:
    module_name, _, class_name = path.partition(":")
    is_file = module_name.endswith(".py")
    if is_file or not all(map(str.isidentifier, [*module_name.split("."), class_name])):
        raise UnknownEnvironmentError(
            f"{path!r} is not a task: expected module:Class, such as my_module:MyTask for the "
            "class MyTask in my_module.py"
        )
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise UnknownEnvironmentError(
            f"no module {module_name!r} for the task {path!r}; looked in {here} and sys.path"
        ) from None
    finally:
        sys.path.remove(here)
    found = getattr(module, class_name, None)
    if not (isinstance(found, type) and issubclass(found, Task)):
        raise UnknownEnvironmentError(
            f"{module_name!r} has no subclass of tasks.Task named {class_name!r}"
        )
    found.name = path
    return found
