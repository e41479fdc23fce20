"""`robo-ddpg record`."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import (
    Camera,
    ControllerName,
    Directory,
    Episodes,
    File,
    FirstSeed,
    Height,
    Json,
    OwnTask,
    Python,
    RobotFile,
    Speed,
    Switch,
    Width,
    cameras,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.elsewhere import on_robot
from robo_ddpg.controller import Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import check_count_and_seed, evaluate
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.writing import Look
from robo_ddpg.recording.filming import CAMERA, Film, film, roles_of
from robo_ddpg.runs.directory import RunDirectory

INTERVAL_S = 5.0
"""Time between notes on how far a film is [s]."""


@dataclass(frozen=True)
class RecordOptions:
    """Film a controller."""

    controller: ControllerName
    episodes: Episodes = 3
    seed: FirstSeed = 20_000
    out: File = None
    """The .mp4 or .gif to write; if not given, videos/rollout.mp4 in the run directory, or
    TASK.mp4 here."""
    camera: Camera = CAMERA
    width: Width = 640
    height: Height = 480
    speed: Speed = 1.0
    grid: Annotated[str | None, arg(metavar="ROWSxCOLUMNS", help_behavior_hint="")] = None
    """Show several episodes at once, such as 2x2."""
    episode_s: Annotated[float | None, arg(help_behavior_hint="")] = None
    """Length of each episode [s]; the task's own if not given."""
    overlay: bool = True
    """Write time, return, success, reward terms and interventions into the picture."""
    failures_first: Switch = False
    """Film failures before successes; at least 100 episodes are evaluated to find them."""
    keep: Directory = None
    """Also keep a task's episodes as recordings (.npz) in this directory."""
    task: OwnTask = None
    robot: RobotFile = None
    python: Python = None
    json: Json = False


def run(words: Words) -> None:
    """Film a controller."""
    options = parse(RecordOptions, words, "record")
    grid = _grid(options.grid)
    controller = Controller.find(options.controller).vouched(options.task, options.python)
    controller = on_robot(controller, options.robot)
    out = options.out or _default_video(options.controller, controller)
    seeds = seeds_to_film(controller, options)
    filmed = film(
        roles_of(controller, seeds),
        out,
        Look(options.width, options.height, grid, options.speed, options.overlay),
        camera=cameras(options.camera),
        episode_s=options.episode_s,
        keep=options.keep,
        watcher=Notes().follow,
    )
    _say_film(filmed, seeds, options.json)


class Notes:
    """Says how far a film is, every few seconds, on standard error."""

    def __init__(self) -> None:
        self._next_s = time.monotonic() + INTERVAL_S

    def follow(self, title: str, moment: Moment) -> None:
        """A frame was made."""
        now = time.monotonic()
        if now >= self._next_s:
            self._next_s = now + INTERVAL_S
            note(f"filming {title}: {moment.seconds:.1f} s")


def _say_film(filmed: Film, seeds: Sequence[int], json: bool) -> None:
    video = filmed.video
    if json:
        said = {"path": str(video.path), "frames": video.frames, "seconds": video.seconds}
        outcomes = {"returns": filmed.returns, "solved": filmed.solved}
        say_json({**said, "seeds": list(seeds), **outcomes})
        return
    told = [solved for solved in filmed.solved if solved is not None]
    mean = sum(filmed.returns) / len(filmed.returns)
    outcome = f"{sum(told)} of {len(told)} solved" if told else f"return {mean:.2f}"
    say(f"{video.frames} frames, {video.seconds:.1f} s, {outcome}")
    say(str(video.path))


def seeds_to_film(controller: Controller, options: RecordOptions) -> Sequence[int]:
    """Seeds in order, or those of failures first."""
    check_count_and_seed(options.episodes, options.seed)
    if not options.failures_first:
        return range(options.seed, options.seed + options.episodes)
    tried = evaluate(controller, episodes=max(100, options.episodes), seed=options.seed).episodes
    if tried.success is None:
        raise SettingsError(f"{controller.task['name']} does not say what failed")
    return [int(i) for i in tried.seeds[tried.success.argsort(kind="stable")][: options.episodes]]


def _default_video(name: str, controller: Controller) -> Path:
    if Path(name).is_dir():
        return RunDirectory(Path(name)).videos / "rollout.mp4"
    return Path(f"{controller.task['name'].replace(':', '-').replace('/', '-')}.mp4")


def _grid(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if not match:
        raise SettingsError(f"grid must look like 2x2, got {text!r}")
    return int(match[1]), int(match[2])
