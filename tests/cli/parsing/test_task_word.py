"""The task is the word that the task's own parser takes for it."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from tyro.conf import Positional, arg

from robo_ddpg.cli.parsing.task_word import find_task
from robo_ddpg.errors import SettingsError, UnknownEnvironmentError


@dataclass(frozen=True)
class NoSettings:
    """None."""


@dataclass(frozen=True)
class Walking:
    """How one walks."""

    fast: bool = True
    """A pair of flags."""
    gait: str = "trot"
    """Takes a value."""


@dataclass(frozen=True)
class Options:
    """Do something with a task."""

    task: Annotated[str | None, Positional, arg(metavar="TASK")] = None
    """The task."""
    out: str = ""
    """Takes a value."""
    quiet: bool = False
    """A pair of flags."""
    settings: object = field(default_factory=NoSettings)
    """Of the task."""


SETTINGS = {"walk": Walking(), "trot": NoSettings()}


def defaults(word: str) -> Options:
    if word not in SETTINGS:
        raise UnknownEnvironmentError(f"unknown task {word!r}")
    return Options(settings=SETTINGS[word])


def find(words: str) -> Any:
    return find_task(words.split(), "try", defaults, Options())


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("walk", "walk"),
        ("walk --settings.no-fast", "walk"),
        ("--settings.no-fast walk", "walk"),
        ("--settings.fast walk", "walk"),
        ("--quiet walk", "walk"),
        ("--out trot walk", "walk"),
        ("--out walk trot", "trot"),
        ("--out=walk trot", "trot"),
        ("--settings.gait trot walk", "walk"),
        ("--settings.gait trot --out trot walk", "walk"),
        ("walk --settings.gait trot", "walk"),
        ("walk --settigs.gait trot", "walk"),
        ("walk and more", "walk"),
    ],
)
def test_the_task_is_told_from_the_values_of_options(words: str, task: str) -> None:
    assert find(words) == task


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("", SettingsError, "try: name a task (.*reach.*), module:Class, or a Gymnasium env"),
        ("--quiet", SettingsError, "name a task"),
        ("--out walk", SettingsError, "name a task"),
        ("--settings.count 5", SettingsError, "name a task"),
        ("wakl", UnknownEnvironmentError, "unknown task 'wakl'"),
        ("--settings.no-fast wakl", UnknownEnvironmentError, "unknown task 'wakl'"),
        ("--settings.count 5 wakl", UnknownEnvironmentError, "unknown task 'wakl'"),
        ("--out walk wakl", UnknownEnvironmentError, "unknown task 'wakl'"),
        ("--qiet walk", SettingsError, r"--qiet \(did you mean --quiet\?\)"),
        ("--settings.gate a walk", SettingsError, r"did you mean --settings.gait\?"),
        ("--settings.fast trot", SettingsError, "unknown option --settings.fast"),
    ],
)
def test_where_no_word_is_the_task_the_most_helpful_is_said(
    words: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        find(words)


@pytest.mark.parametrize(
    ("words", "settings"), [("--help", False), ("-h --out x", False), ("--help walk", True)]
)
def test_help_is_that_of_the_task_if_one_is_named(
    words: str, settings: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        find(words)
    assert not stop.value.code
    assert ("--settings.gait" in capsys.readouterr().out) is settings
