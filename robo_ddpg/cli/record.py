"""`robo-ddpg record`."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal

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
    SlowContacts,
    Speed,
    Switch,
    Width,
    cameras,
    slow_contacts,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.elsewhere import on_robot
from robo_ddpg.controller import Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import check_count_and_seed, evaluate
from robo_ddpg.recording.film.presets import PRESETS
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.video_file import check_place
from robo_ddpg.recording.film.writing import Look
from robo_ddpg.recording.filming import CAMERA, Film, film, roles_of
from robo_ddpg.rendering.backdrop import Background
from robo_ddpg.runs.directory import RunDirectory

INTERVAL_S = 2.0
"""Time between notes on how far a film is [s]."""


@dataclass(frozen=True)
class RecordOptions:
    """Film a controller."""

    controller: ControllerName
    episodes: Episodes = 3
    seed: FirstSeed = 20_000
    out: File = None
    """The .mp4, .gif or .webp to write, or a .png for a contact sheet with a row of moments for
    each episode; if not given, videos/rollout.mp4 in the run directory, or TASK.mp4 here."""
    camera: Camera = CAMERA
    width: Width = 640
    height: Height = 480
    speed: Speed = 1.0
    grid: Annotated[str | None, arg(metavar="ROWSxCOLUMNS", help_behavior_hint="")] = None
    """Show several episodes at once, such as 2x2."""
    episode_s: Annotated[float | None, arg(help_behavior_hint="")] = None
    """Length of each episode [s]; the task's own if not given."""
    until_solved: Annotated[float | None, arg(metavar="S", help_behavior_hint="")] = None
    """End an episode that has been solved for so many seconds without a break."""
    overlay: bool = True
    """Write time, return, success, command, reward terms and interventions beside the picture."""
    background: Background = "scene"
    """What is behind a task's robot; transparent in .webp, .png, and without soft edges .gif."""
    trails: Switch = False
    """Draw where fingertips or feet have been in the last two seconds."""
    inset: Annotated[str | None, arg(metavar="CAMERA", help_behavior_hint="")] = None
    """Show another camera's picture in the lower left corner, such as wrist."""
    slow_contacts: SlowContacts = None
    preset: Annotated[Literal["paper", "slides", "readme"] | None, arg(help_behavior_hint="")] = (
        None
    )
    """Start from options that suit a purpose: paper (white, trails, no words), slides (large,
    trails), readme (small, no words, four episodes that end once they are solved)."""
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
    options = _parsed(words)
    grid = _grid(options.grid)
    controller = Controller.find(options.controller).vouched(options.task, options.python)
    controller = on_robot(controller, options.robot)
    out = options.out or _default_video(options.controller, controller)
    check_place(out)
    seeds = seeds_to_film(controller, options)
    shared = {field.name for field in fields(Look)} - {"grid", "slow_contacts"}
    given = {name: getattr(options, name) for name in shared}
    look = Look(grid=grid, slow_contacts=slow_contacts(options.slow_contacts), **given)
    filmed = film(
        roles_of(controller, seeds),
        out,
        look,
        camera=cameras(options.camera),
        episode_s=options.episode_s,
        until_solved=options.until_solved,
        keep=options.keep,
        watcher=Notes().follow,
    )
    for line in filmed.notes:
        note(line)
    _say_film(filmed, seeds, options.json)


def _parsed(words: Words) -> RecordOptions:
    """The options, those that are not given as the preset has them."""
    options = parse(RecordOptions, words, "record")
    if options.preset is None:
        return options
    suited = RecordOptions(options.controller, preset=options.preset, **PRESETS[options.preset])
    return parse(RecordOptions, words, "record", suited)


class Notes:
    """Says how far a film is, every few seconds, on standard error."""

    def __init__(self) -> None:
        self._start_s = time.monotonic()
        self._next_s = self._start_s + INTERVAL_S

    def follow(self, title: str, moment: Moment, share: float | None) -> None:
        """A frame was made."""
        now = time.monotonic()
        if now < self._next_s:
            return
        self._next_s = now + INTERVAL_S
        text = f"filming {title}: {moment.seconds:.1f} s"
        if share:
            left_s = (now - self._start_s) * (1.0 - share) / share
            text += f"; {100 * share:.0f} % of the film, {left_s:.0f} s left"
        note(text)


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
    length = f"{video.frames} frames, {video.seconds:.1f} s" if video.seconds else "contact sheet"
    say(f"{length}, {outcome}")
    say(str(video.path))


def seeds_to_film(controller: Controller, options: RecordOptions) -> Sequence[int]:
    """Seeds in order, or those of failures first."""
    check_count_and_seed(options.episodes, options.seed)
    if not options.failures_first:
        return range(options.seed, options.seed + options.episodes)
    count = max(100, options.episodes)
    tried = evaluate(controller, episodes=count, seed=options.seed).episodes
    if tried.success is None:
        raise SettingsError(f"{controller.task['name']} does not say what failed")
    if tried.success.all():
        note(f"none of {count} episodes from seed {options.seed} failed: these are successes")
    return [int(i) for i in tried.seeds[tried.success.argsort(kind="stable")][: options.episodes]]


def _default_video(name: str, controller: Controller) -> Path:
    if Path(name).is_dir():
        videos = RunDirectory(Path(name)).videos
        videos.mkdir(exist_ok=True)
        return videos / "rollout.mp4"
    return Path(f"{controller.task['name'].replace(':', '-').replace('/', '-')}.mp4")


def _grid(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if not match:
        raise SettingsError(f"grid must look like 2x2, got {text!r}")
    return int(match[1]), int(match[2])
