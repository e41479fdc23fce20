"""Types of options that several commands have, with their help."""

from pathlib import Path
from typing import Annotated

from tyro.conf import FlagCreatePairsOff, Positional, arg

from robo_ddpg.errors import SettingsError


def hint(default: str) -> str:
    """The remark about a default value in the help; there is none to make about None."""
    return "" if default == "None" else f"(default: {default})"


File = Annotated[Path | None, arg(metavar="FILE", help_behavior_hint=hint)]
Directory = Annotated[Path | None, arg(metavar="DIR", help_behavior_hint=hint)]
Switch = Annotated[bool, FlagCreatePairsOff, arg(help_behavior_hint="")]
"""Off unless it is given; it takes no value."""

Json = Annotated[
    bool,
    FlagCreatePairsOff,
    arg(help="Print one JSON value, for programs.", help_behavior_hint=""),
]
ControllerName = Annotated[
    str,
    Positional,
    arg(
        metavar="CONTROLLER_OR_RUN",
        help="A file, a run directory, hf:owner/name, or a task whose controller ships.",
    ),
]
OwnTask = Annotated[
    str | None,
    arg(
        metavar="MODULE:NAME",
        help="Vouch for the task or environment of your own that a controller file or a recording "
        "names: its module is imported, which runs code. A run directory counts as yours.",
        help_behavior_hint="",
    ),
]
Python = Annotated[
    str | None,
    arg(
        metavar="FILE",
        help="Interpreter whose processes step the environment, such as other/bin/python, with "
        "its own versions of everything; it needs Gymnasium and NumPy only.",
        help_behavior_hint="",
    ),
]
RobotFile = Annotated[
    Path | None,
    arg(
        metavar="FILE",
        help="The .toml of the robot that it was trained on, where that was edited or its model "
        "lies elsewhere now.",
        help_behavior_hint="",
    ),
]
Episodes = Annotated[int, arg(help="Number of episodes.")]
FirstSeed = Annotated[int, arg(help="Seed of the first episode; the next ones count up from it.")]
Camera = Annotated[
    str, arg(help="Camera of the scene; several, such as front,wrist, are shown side by side.")
]
Width = Annotated[int, arg(help="Width of a camera's picture [px].")]
Height = Annotated[int, arg(help="Height of a camera's picture [px].")]
Speed = Annotated[float, arg(help="Playback speed; 2 is twice as fast as reality.")]
SlowContacts = Annotated[
    tuple[float, ...] | None,
    arg(
        metavar="[FACTOR]",
        help="Play a task so many times slower, 4 if no number is given, from 0.05 s before to "
        "0.1 s after a contact begins: a foot on the ground, a finger on the object.",
        help_behavior_hint="",
    ),
]
SLOW_CONTACTS = 4.0
"""Times slower, if nobody says how much."""


def slow_contacts(given: SlowContacts) -> float | None:
    """Times slower that contacts are played; None for as fast as the rest.

    Raises:
        SettingsError: several numbers are given.
    """
    if given is None:
        return None
    if len(given) > 1:
        raise SettingsError("--slow-contacts takes one number at most")
    return given[0] if given else SLOW_CONTACTS


def cameras(names: Camera) -> list[str]:
    """The cameras named in one option."""
    return [name.strip() for name in names.split(",")]
