"""`robo-ddpg new`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import say
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.errors import SettingsError
from robo_ddpg.scaffold.task import class_of, new_task


@dataclass(frozen=True)
class NewOptions:
    """Write a task of your own that trains as it stands, and a test for it."""

    what: Annotated[str, Positional, arg(metavar="WHAT")]
    """What to write; there is: task."""
    name: Annotated[str, Positional, arg(metavar="TASK_NAME")]
    """Name of the file, such as push_cube."""
    kind: Literal["arm", "legged", "gymnasium"] = "arm"
    """What it is about: the arm, a robot on legs, or any environment of Gymnasium's form."""
    out: Annotated[Path, arg(metavar="DIR")] = Path()
    """Where to."""


def run(words: Words) -> None:
    """Write a task of your own that trains as it stands, and a test for it."""
    options = parse(NewOptions, words, "new")
    if options.what != "task":
        raise SettingsError(f"robo-ddpg new task NAME writes a task; unknown: {options.what!r}")
    task, test = new_task(options.name, options.kind, options.out)
    say(str(task))
    say(str(test))
    say(f"next: robo-ddpg train {options.name}:{class_of(options.name)}; pytest {test}")
