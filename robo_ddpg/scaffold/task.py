"""Files of a new task: one that trains as it stands, and one that tests it."""

import keyword
import re
from importlib import resources
from pathlib import Path

from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.files import writing

KINDS = {"arm": "task_test", "legged": "task_test", "gymnasium": "environment_test"}
"""Kind of a task -> the template of its test."""


def new_task(name: str, kind: str, directory: Path) -> tuple[Path, Path]:
    """Write a commented task and its test.

    Args:
        name: of the module, such as push_cube.
        kind: one of `KINDS`.
        directory: where to.

    Returns:
        Where they are.

    Raises:
        SettingsError: the name can be no module's, or the kind is unknown.
        OutputDirectoryError: there are such files already, or they cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise SettingsError(f"name the task in lower case as a module, such as push_cube: {name!r}")
    if kind not in KINDS:
        raise SettingsError(f"unknown kind {kind!r}; available: {', '.join(KINDS)}")
    paths = directory / f"{name}.py", directory / f"test_{name}.py"
    for path in paths:
        if path.exists():
            raise OutputDirectoryError(f"{path} is there already; choose another name")
    for path, template in zip(paths, (kind, KINDS[kind]), strict=True):
        with writing(path) as part:
            part.write_text(_filled(template, name))
    return paths


def class_of(name: str) -> str:
    """Name of a module's class: push_cube -> PushCube."""
    return "".join(word.capitalize() for word in name.split("_"))


def _filled(template: str, name: str) -> str:
    text = resources.files("robo_ddpg.scaffold").joinpath("templates", f"{template}.py.txt")
    title = name.replace("_", " ").capitalize()
    words = {"__TITLE__": title, "__CLASS__": class_of(name), "__NAME__": name}
    filled = text.read_text()
    for word, value in words.items():
        filled = filled.replace(word, value)
    return filled
