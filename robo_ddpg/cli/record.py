"""`robo-ddpg record`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import arg

from robo_ddpg.cli.output import say, say_json
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
    Speed,
    Switch,
    Width,
    cameras,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import Controller
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import check_count_and_seed, evaluate
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.video import render_recordings
from robo_ddpg.runs.directory import RunDirectory


@dataclass(frozen=True)
class RecordOptions:
    """Film a controller."""

    controller: ControllerName
    episodes: Episodes = 3
    seed: FirstSeed = 20_000
    out: File = None
    """The .mp4 or .gif to write; if not given, videos/rollout.mp4 in the run directory, or
    TASK.mp4 here."""
    camera: Camera = "front"
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
    """Also keep the episodes as recordings (.npz) in this directory."""
    task: OwnTask = None
    python: Python = None
    json: Json = False


def run(words: Words) -> None:
    """Film a controller."""
    options = parse(RecordOptions, words, "record")
    grid = _grid(options.grid)
    controller = Controller.find(options.controller).vouched(options.task, options.python)
    out = options.out or _default_video(options.controller, controller)
    seeds = seeds_to_film(controller, options)
    length: dict[str, Any] = {} if options.episode_s is None else {"episode_s": options.episode_s}
    recordings = record_episodes(controller, seeds=seeds, **length)
    if options.keep is not None:
        for recording in recordings:
            recording.save(options.keep / f"seed-{recording.seed}.npz")
    info = render_recordings(
        recordings,
        make_task_of(controller.task).model,
        out,
        camera=cameras(options.camera),
        width=options.width,
        height=options.height,
        grid=grid,
        speed=options.speed,
        overlay=options.overlay,
    )
    solved = [bool(recording.success[-1]) for recording in recordings]
    if options.json:
        seconds, frames = info.seconds, info.frames
        film = {"path": str(info.path), "frames": frames, "seconds": seconds}
        say_json({**film, "seeds": list(seeds), "solved": solved})
        return
    say(f"{info.frames} frames, {info.seconds:.1f} s, {sum(solved)} of {len(solved)} solved")
    say(str(info.path))


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
