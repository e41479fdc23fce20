"""Objects by name, `module:attribute`, as Gymnasium names what makes its environments."""

import importlib
import sys
from pathlib import Path
from typing import Any

from robo_ddpg.errors import EntryPointError


def load(entry_point: str) -> Any:
    """What an entry point names; modules are also found in the working directory.

    Args:
        entry_point: `module:attribute`, such as `my_package.my_module:MyTask`.

    Raises:
        EntryPointError: it has another form, or there is no such module or attribute.
    """
    module_name, _, attribute = entry_point.partition(":")
    module = load_module(module_name, entry_point)
    if not hasattr(module, attribute):
        raise EntryPointError(f"{module_name!r} has no {attribute!r}: {module.__file__} was read")
    return getattr(module, attribute)


COMPATIBLE = ("GymV21Environment", "GymV26Environment")
"""Ids of Gymnasium whose arguments name an environment of older versions, and import its module."""


def unfamiliar_module(name: str) -> str:
    """The module that a name would have imported, and that is not yet; empty if there is none."""
    module, colon, _ = name.partition(":")
    if name.startswith(COMPATIBLE):
        return module
    return module if colon and module not in sys.modules else ""


def check_familiar(name: str, origin: object, remedy: str) -> None:
    """Refuse a name from a file that would have a module imported, whose code would run.

    Args:
        name: of a task or environment.
        origin: where it was found.
        remedy: how the user names it too.

    Raises:
        EntryPointError: it would.
    """
    module = unfamiliar_module(name)
    if module:
        raise EntryPointError(
            f"{origin} names the module {module}, whose code would run: if you trust it, {remedy}"
        )


def load_module(name: str, entry_point: str) -> Any:
    """A module by name; it is also found in the working directory.

    Args:
        name: such as `my_package.my_module`.
        entry_point: what it was named in.

    Raises:
        EntryPointError: it has another form, or there is no such module.
    """
    wrong = name.endswith(".py") or entry_point.endswith(":")
    if wrong or not all(map(str.isidentifier, name.split("."))):
        raise EntryPointError(
            f"{entry_point!r} names nothing: expected module:Class, such as my_module:MyTask for "
            "the class MyTask in my_module.py"
        )
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise EntryPointError(
            f"no module {name!r} for {entry_point!r}; looked in {here} and sys.path"
        ) from None
    finally:
        sys.path.remove(here)
