"""Tasks by name, and as Gymnasium ids.

Tasks and physics are imported when the first task is made: importing this module is quick.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gymnasium

import tasks
from robo_ddpg.control.entry_points import check_familiar, load
from robo_ddpg.errors import EntryPointError, RoboDDPGError, SettingsError
from robo_ddpg.misfits import misfit
from tasks.building.named import BUILDINGS

if TYPE_CHECKING:
    from tasks.task import Task

_MISFITS = (TypeError, ValueError, LookupError, AttributeError, OverflowError)
"""What settings of another form raise where they are looked at."""


def make_task(task: "str | Task", **settings: Any) -> "Task":
    """A task from its name.

    Args:
        task: a registered name such as `reach`, or `module:Class` for a class of the user's own
            (found from the working directory too); a task object is returned as it is.
        **settings: the task's settings.

    Raises:
        UnknownTaskError: no task is registered under this name.
        EntryPointError: `module:Class` leads to no task.
        SettingsError: the task has no such setting, or not with this value.
    """
    if not isinstance(task, str):
        if settings:
            raise SettingsError(f"give settings {sorted(settings)} where the task is made")
        return task
    make = task_class(task)
    try:
        made = make(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
    except RoboDDPGError:
        raise
    except _MISFITS as error:
        if not settings:
            raise
        wrong = _wrong(make, settings) or error
        raise SettingsError(f"task {task!r} cannot have these settings: {wrong}") from error
    made.name = task
    return made


def _wrong(make: "Callable[..., Task]", settings: dict[str, Any]) -> str:
    """The setting that the task does not have, or not with a value of this type; else empty."""
    try:
        return misfit(type(make().settings), settings)
    except _MISFITS:  # it cannot be made without settings
        return ""


def make_task_of(described: dict[str, Any]) -> "Task":
    """The task that a controller or a recording was made with.

    Args:
        described: what `Task.describe` returned.

    Raises:
        UnknownTaskError: no task is registered under this name now.
        EntryPointError: `module:Class` leads to no task, or its module would have to be imported:
            only a name that the user gives is enough for that.
        SettingsError: the task has no such setting now, or not with this value.
    """
    name = described["name"]
    check_familiar(name, "the file", f"name it yourself with --task {name}")
    return make_task(described["name"], **described["settings"])


def task_class(name: str) -> "Callable[..., Task]":
    """What makes the task of a name, from settings as keyword arguments.

    Raises:
        UnknownTaskError: no task is registered under this name.
        EntryPointError: `module:Class` leads to no task.
    """
    return _own_task(name) if ":" in name else tasks.factory(name)


def environment_id(task: str) -> str:
    """The Gymnasium id of a task or a building: `reach` is `robo_ddpg/Reach-v0`."""
    return f"robo_ddpg/{''.join(part.title() for part in task.split('-'))}-v0"


def register_environments() -> None:
    """Register every task and every building with Gymnasium, once."""
    for name in tasks.names():
        _register(name, "robo_ddpg.envs.robot_env:Robot", {"task": name})
    for name in BUILDINGS:
        _register(name, "robo_ddpg.envs.building.env:Building", {"building": name})


def _register(name: str, classes: str, arguments: dict[str, Any]) -> None:
    if environment_id(name) not in gymnasium.registry:
        gymnasium.register(
            environment_id(name),
            entry_point=f"{classes}Env",
            vector_entry_point=f"{classes}VectorEnv",
            kwargs=arguments,
        )


def _own_task(name: str) -> "type[Task]":
    from tasks.task import Task

    found = load(name)
    if not (isinstance(found, type) and issubclass(found, Task)):
        raise EntryPointError(
            f"{name!r} is no task: expected a subclass of tasks.Task, got {found}"
        )
    return found
