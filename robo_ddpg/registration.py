"""Tasks by name, by `module:Class`, and as Gymnasium ids."""

import importlib
import sys
from pathlib import Path
from typing import Any

import gymnasium

import tasks
from robo_ddpg.errors import UnknownTaskError
from tasks.task import Task


def make_task(task: str | Task, **settings: Any) -> Task:
    """A task from its name.

    Args:
        task: a registered name such as `reach`, or `module:Class` for a class of the user's own
            (found from the working directory too); a task object is returned as it is.
        **settings: the task's settings.

    Raises:
        UnknownTaskError: there is no such task.
    """
    if isinstance(task, Task):
        return task
    if ":" in task:
        return _import_task(task)(**settings)
    try:
        return tasks.make(task, **settings)
    except tasks.UnknownTaskError as error:
        raise UnknownTaskError(str(error)) from None


def environment_id(task: str) -> str:
    """The Gymnasium id of a registered task: `reach` is `robo_ddpg/Reach-v0`."""
    return f"robo_ddpg/{''.join(part.title() for part in task.split('-'))}-v0"


def register_environments() -> None:
    """Register every task with Gymnasium, once."""
    for name in tasks.names():
        if environment_id(name) not in gymnasium.registry:
            gymnasium.register(
                environment_id(name),
                entry_point="robo_ddpg.env:RobotEnv",
                vector_entry_point="robo_ddpg.env:RobotVectorEnv",
                kwargs={"task": name},
            )


def _import_task(path: str) -> type[Task]:
    module_name, _, class_name = path.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise UnknownTaskError(f"no module {module_name!r} for the task {path!r}") from None
    finally:
        sys.path.pop(0)
    found = getattr(module, class_name, None)
    if not (isinstance(found, type) and issubclass(found, Task)):
        raise UnknownTaskError(
            f"{module_name!r} has no subclass of tasks.Task named {class_name!r}"
        )
    found.name = path
    return found
