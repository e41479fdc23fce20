"""The options of each command; tyro turns them into command-line flags and help."""

import contextlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import tyro

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.errors import SettingsError
from tasks.task import TaskSettings

T = TypeVar("T")

ControllerName = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="CONTROLLER_OR_RUN")]


class UsageError(SettingsError):
    """The words on the command line do not fit the command."""


@dataclass(frozen=True)
class NoSettings:
    """A Gymnasium environment has no settings here."""


@dataclass(frozen=True)
class TrainOptions:
    """Train a controller."""

    task: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="TASK")]
    """Task name, module:Class, or the id of a Gymnasium environment with Box spaces."""
    agent: AgentSettings
    """Learning settings."""
    environment: TaskSettings | NoSettings
    """Settings of the task."""
    out: Path | None = None
    """Directory of the run; runs/TASK/seed-SEED if not given."""
    seed: int = 0
    """Fixes every random number of the run."""
    preset: str = "default"
    """Learning settings to start from: default (tuned), td3 or ddpg-2015."""
    steps: int | None = None
    """Transitions to collect at most; the default depends on the task."""
    minutes: float | None = None
    """Training time to use at most [min]."""
    simulations: int = 64
    """Simulations that collect in parallel."""
    evaluate_every: int = 4_000
    """Transitions between evaluations."""
    stop_early: bool = True
    """Stop once the task is mastered: 99 % success in five evaluations in a row."""
    resume: Path | None = None
    """Continue the run in this directory; TASK and other settings are those of that run."""
    force: bool = False
    """Replace an earlier run in the same directory."""
    quiet: bool = False
    """Show no progress."""


@dataclass(frozen=True)
class EvaluateOptions:
    """Measure a controller: success with its confidence interval, return, safety."""

    controller: ControllerName
    """A file, a run directory, or a task whose controller ships."""
    episodes: int = 100
    """Number of episodes."""
    seed: int = 20_000
    """Seed of the first episode; episode k starts from seed + k."""
    json: bool = False
    """Print one JSON object."""
    csv: Path | None = None
    """Write one row per episode to this file."""


@dataclass(frozen=True)
class RecordOptions:
    """Film a controller."""

    controller: ControllerName
    """A file, a run directory, or a task whose controller ships."""
    episodes: int = 3
    """Number of episodes."""
    out: Path | None = None
    """The .mp4 or .gif to write; in the run directory, or TASK.mp4, if not given."""
    seed: int = 20_000
    """Seed of the first episode; episode k starts from seed + k."""
    camera: str = "front"
    """Camera of the scene: front, side, wrist."""
    width: int = 640
    """Width of an episode's picture [px]."""
    height: int = 480
    """Height of an episode's picture [px]."""
    grid: str | None = None
    """Show ROWSxCOLUMNS episodes at once, such as 2x2."""
    speed: float = 1.0
    """Playback speed; 2 is twice as fast as reality."""
    overlay: bool = True
    """Write episode, time, return and success into the picture."""
    keep: Path | None = None
    """Also keep the episodes as recordings (.npz) in this directory."""


def parse(kind: type[T], arguments: Sequence[str], command: str, default: T | None = None) -> T:
    """Options from the words after the command.

    Raises:
        UsageError: they do not fit; the message is tyro's in one line.
    """
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            prog = f"robo-ddpg {command}"
            if default is None:
                return tyro.cli(kind, prog=prog, args=arguments)
            return tyro.cli(kind, prog=prog, args=arguments, default=default)
    except SystemExit as stop:
        if stop.code in (0, None):
            raise
        raise UsageError(f"{command}: {_one_line(errors.getvalue())}") from None


def _one_line(text: str) -> str:
    """The words of a framed message; the full usage stays with --help."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    words = re.sub(r"[\u2500-\u257f]+", " ", text).split()
    return " ".join(words).removeprefix("Parsing error ").removeprefix("Required options ")
