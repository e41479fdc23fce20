"""The options of each command; tyro turns them into command-line flags and help."""

import contextlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import tyro

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.errors import SettingsError
from robo_ddpg.training.task_defaults import EvaluationPlan

T = TypeVar("T")
S = TypeVar("S")

ControllerName = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="CONTROLLER_OR_RUN")]


class UsageError(SettingsError):
    """The words on the command line do not fit the command."""


@dataclass(frozen=True)
class NoSettings:
    """A Gymnasium environment has no settings here."""


@dataclass(frozen=True)
class TrainOptions(Generic[S]):
    """Train a controller.

    To go on with an earlier run: robo-ddpg train --resume DIR [--steps N] [--minutes M].
    """

    task: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="TASK")]
    """Task name, module:Class, or the id of a Gymnasium environment with Box spaces."""
    agent: AgentSettings
    """Learning settings."""
    environment: S
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
    evaluate_every: int = EvaluationPlan().every
    """Transitions between evaluations."""
    stop_early: bool = True
    """Stop once the task is mastered: 99 % success in five evaluations in a row."""
    force: bool = False
    """Replace an earlier run in the same directory."""
    quiet: bool = False
    """Show no progress."""


@dataclass(frozen=True)
class ResumeOptions:
    """Continue a run with the settings that it was started with."""

    resume: Path
    """Directory of the run."""
    task: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="TASK")] = None
    """May be left out; if given, it must be the run's."""
    steps: int | None = None
    """Transitions to collect at most, those of before included; as many again if not given."""
    minutes: float | None = None
    """Further training time to use at most [min]."""
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
    safety: Literal["on", "off", "both"] = "on"
    """With the safety filter, without it, or both on the same episodes; however it was trained."""
    json: bool = False
    """Print one JSON object."""
    csv: Path | None = None
    """Write one row per episode to this file."""
    out: Path | None = None
    """Write the statistics to this .json, besides evaluation.json of a run directory."""
    robustness: bool = False
    """Also try other masses, friction, actuator strength, noise, latency and pushes; writes
    robustness.json and .png into the run directory, beside --out, or here."""


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
    """Camera of the scene: front, side, wrist; several, as in front,wrist, side by side."""
    width: int = 640
    """Width of an episode's picture [px]."""
    height: int = 480
    """Height of an episode's picture [px]."""
    grid: str | None = None
    """Show ROWSxCOLUMNS episodes at once, such as 2x2."""
    episode_s: float | None = None
    """Length of each episode [s]; the task's own if not given."""
    speed: float = 1.0
    """Playback speed; 2 is twice as fast as reality."""
    overlay: bool = True
    """Write time, return, success, reward terms and interventions into the picture."""
    failures_first: bool = False
    """Evaluate 100 episodes, or `episodes` if more, and film failures before successes."""
    keep: Path | None = None
    """Also keep the episodes as recordings (.npz) in this directory."""


def parse(kind: type[T], arguments: Sequence[str], command: str, default: T | None = None) -> T:
    """Options from the words after the command.

    Raises:
        UsageError: they do not fit; the message is tyro's in one line.
    """
    errors, prog = io.StringIO(), f"robo-ddpg {command}"
    try:
        with contextlib.redirect_stderr(errors):
            if default is None:
                return tyro.cli(kind, prog=prog, args=arguments)
            return tyro.cli(kind, prog=prog, args=arguments, default=default)
    except SystemExit as stop:
        if stop.code in (0, None):
            raise
        raise UsageError(f"{command}: {_one_line(errors.getvalue(), prog)}") from None


def _one_line(text: str, prog: str) -> str:
    """What a framed message says; the full usage stays with --help.

    Between rules there are a title, which stands in the frame where the terminal can draw one,
    the message, and hints.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    sections: list[list[str]] = [[]]
    for line in text.splitlines():
        words = line.strip("\u2502 ")
        if re.fullmatch(r"[\u256d\u2570].*|[\u2500-]{3,}", words):
            sections.append([])
        elif words:
            sections[-1].append(words)
    sections = [section for section in sections if section]
    if "\u256d" not in text:
        del sections[0]
    message, _, _ = " ".join(sections[0]).partition(" Got errors:")
    message = re.sub(r"^Error parsing \w+: ", "", message).rstrip(".")
    message = re.sub(r"^Missing from [^:]+: (\S+).*", r"\1 is missing", message)
    for section in sections[1:]:
        if section and section[0] == "Perhaps you meant:":
            message += f" (did you mean {section[1].split()[0]}?)"
    return f"{message}; see {prog} --help"
