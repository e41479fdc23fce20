"""The described robots that ship, which are known by name: their files lie in `assets/`."""

import difflib
import os
from pathlib import Path

from tasks.scene import asset_path


def folder() -> Path:
    """Where their models and descriptions are."""
    return asset_path("scene.xml").parent


def names() -> list[str]:
    """What they are called."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def description_of(name_or_path: str) -> Path:
    """The description of a robot that ships, by its name, or else the path that was given.

    Args:
        name_or_path: a file of this name, if there is one, is meant rather than a robot that ships.
    """
    if name_or_path in names() and not os.path.isfile(name_or_path):
        return asset_path(f"{name_or_path}.toml")
    return Path(name_or_path)


def hint(name: str) -> str:
    """Which of them may have been meant, as the end of a sentence."""
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}{' and '.join(names())} ship, and `robo-ddpg adopt ROBOT.xml` describes others"


def kept(model: str, description: Path) -> str:
    """How a description's model is named where it is kept, whatever folder is worked in.

    Args:
        model: as the description has it.
        description: its file.

    Returns:
        The absolute path; of a model that ships the bare name, which holds on other machines too.
    """
    path = (description.parent / model).resolve()
    return path.name if path.parent == folder().resolve() else str(path)


def found(model: str) -> Path:
    """Where a model is that was kept."""
    return Path(model) if os.path.dirname(model) else folder() / model
