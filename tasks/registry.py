"""Tasks by name; a task's module is imported when the task is made."""

import difflib
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.task import Task

_factories: dict[str, "str | Callable[..., Task]"] = {}


class UnknownTaskError(ValueError):
    """No task has this name."""


def register(name: str, factory: "str | Callable[..., Task]") -> None:
    """Make a task available by name.

    Args:
        name: lower-case name with hyphens, such as `reach`.
        factory: called with the task's settings as keyword arguments; or where it is, as
            `module:Class`.

    Raises:
        ValueError: the name is taken.
    """
    if name in _factories:
        raise ValueError(f"a task named {name!r} is already registered; choose another name")
    _factories[name] = factory


def names() -> list[str]:
    """All registered task names, sorted."""
    return sorted(_factories)


def summary(name: str) -> str:
    """The first line of the task's docstring."""
    return (factory(name).__doc__ or "").strip().split("\n")[0]


def make(name: str, **settings: Any) -> "Task":
    """A new task by name.

    Args:
        name: a registered name.
        **settings: the task's settings; what is not given keeps its default.

    Raises:
        UnknownTaskError: no such task; the message names the nearest one.
    """
    return factory(name)(**settings)


def factory(name: str) -> "Callable[..., Task]":
    """What makes the task of this name.

    Raises:
        UnknownTaskError: no such task; the message names the nearest one.
    """
    if name not in _factories:
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownTaskError(f"unknown task {name!r}; {hint}available: {', '.join(names())}")
    found = _factories[name]
    if isinstance(found, str):
        module, _, attribute = found.partition(":")
        found = _factories[name] = getattr(importlib.import_module(module), attribute)
    return found
