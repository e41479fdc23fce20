"""Tasks by name."""

import difflib
from collections.abc import Callable
from typing import Any

from tasks.task import Task

_factories: dict[str, Callable[..., Task]] = {}


class UnknownTaskError(ValueError):
    """No task has this name."""


def register(name: str, factory: Callable[..., Task]) -> None:
    """Make a task available by name.

    Args:
        name: lower-case name with hyphens, such as `reach`.
        factory: called with the task's settings as keyword arguments.

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
    return (_factory(name).__doc__ or "").strip().split("\n")[0]


def make(name: str, **settings: Any) -> Task:
    """A new task by name.

    Args:
        name: a registered name.
        **settings: the task's settings; what is not given keeps its default.

    Raises:
        UnknownTaskError: no such task; the message names the nearest one.
    """
    return _factory(name)(**settings)


def _factory(name: str) -> Callable[..., Task]:
    if name in _factories:
        return _factories[name]
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownTaskError(f"unknown task {name!r}; {hint}available: {', '.join(names())}")
