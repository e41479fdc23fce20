"""Commands that look closer: compare, replay, report, watch."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro

from robo_ddpg.cli.options import ControllerName, parse
from robo_ddpg.controller import FILE_NAME, Controller
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import SettingsError
from robo_ddpg.runs.directory import RunDirectory

Words = Sequence[str]

MOST_FILMED = 6
"""Disagreements shown in a comparison's video."""


@dataclass(frozen=True)
class CompareOptions:
    """Compare two controllers on the same seeds."""

    a: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="A")]
    """A file, a run directory, or a task whose controller ships."""
    b: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="B")]
    """The other."""
    episodes: int = 200
    """Number of episodes."""
    seed: int = 20_000
    """Seed of the first episode; episode k starts from seed + k for both."""
    out: Path | None = None
    """Film the seeds on which they disagree, side by side, in this .mp4 or .gif."""
    require_better: bool = False
    """Exit with 1 unless B is better: significantly more success or, where success does not
    differ significantly, significantly more return (p at most 0.05)."""
    json: bool = False
    """Print one JSON object."""


@dataclass(frozen=True)
class ReplayOptions:
    """Simulate a recording again and check that every state is the same to the last bit."""

    recording: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE.npz")]
    """The recording."""
    out: Path | None = None
    """Also render it to this .mp4 or .gif."""
    camera: str = "front"
    """Camera of the scene; several, such as front,wrist, are shown side by side."""
    width: int = 640
    """Width of a camera's picture [px]."""
    height: int = 480
    """Height of a camera's picture [px]."""
    speed: float = 1.0
    """Playback speed; 2 is twice as fast as reality."""
    json: bool = False
    """Print one JSON object."""


@dataclass(frozen=True)
class ReportOptions:
    """Write report.html into a run directory: curves, evaluation, safety, videos in one file."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """Directory of the run."""


@dataclass(frozen=True)
class WatchOptions:
    """Watch a controller live in the browser; drag its goal, push its robot."""

    controller: ControllerName
    """A file, a run directory, or a task whose controller ships."""
    port: int = 0
    """Port of the web page; 0 takes the first free one from 8080 on. Anyone who can reach the
    port can watch and push: forward it (ssh -L 8080:localhost:8080 HOST) instead of opening it."""
    seed: int = 20_000
    """Seed of the first episode; the next ones take the numbers after it."""


def compare(words: Words) -> bool:
    """Compare two controllers on the same seeds."""
    from robo_ddpg.evaluation.comparison import compare

    options = parse(CompareOptions, words, "compare")
    first, second = Controller.find(options.a), Controller.find(options.b)
    comparison = compare(first, second, episodes=options.episodes, seed=options.seed)
    summary = comparison.summary()
    if options.json:
        say(json.dumps(summary, indent=2))
    else:
        say("\n".join(comparison_lines(summary)))
    if options.out is not None:
        seeds = comparison.disagreements.tolist()
        note = _film_side_by_side(first, second, seeds, options.out)
        (sys.stderr.write(note + "\n") if options.json else say(note))
    return bool(summary["b_is_better"]) or not options.require_better


def replay(words: Words) -> bool:
    """Simulate a recording again, to the last bit."""
    from robo_ddpg.recording.recording import Recording
    from robo_ddpg.recording.verify import verify
    from robo_ddpg.recording.video import render_recordings

    options = parse(ReplayOptions, words, "replay")
    recording = Recording.load(options.recording)
    found = verify(recording)
    if options.json:
        say(json.dumps({**vars(found), "identical": found.identical}, indent=2))
    else:
        say(f"{options.recording}: {found}")
    if options.out is not None:
        info = render_recordings(
            [recording],
            make_task_of(recording.task).model,
            options.out,
            camera=cameras(options.camera),
            width=options.width,
            height=options.height,
            speed=options.speed,
            titles=[f"Seed {recording.seed}"],
        )
        (sys.stderr.write(f"{info.path}\n") if options.json else say(str(info.path)))
    return found.identical


def report(words: Words) -> None:
    """Write one page about a run: curves, evaluation, safety, videos."""
    from robo_ddpg.runs.report import write_report

    options = parse(ReportOptions, words, "report")
    say(str(write_report(RunDirectory(options.run))))


def watch(words: Words) -> None:
    """Watch a controller live in the browser; drag its goal, push its robot."""
    from robo_ddpg.viewer.browser import watch
    from robo_ddpg.viewer.live import LiveController

    options = parse(WatchOptions, words, "watch")
    if not 0 <= options.port <= 65535:
        raise SettingsError(f"port must be from 0 to 65535, got {options.port}")
    watch(LiveController(Controller.find(options.controller), options.seed), port=options.port)


def cameras(text: str) -> list[str]:
    """The names in a list with commas."""
    return [name.strip() for name in text.split(",")]


def comparison_lines(summary: dict[str, Any]) -> list[str]:
    """A comparison in words."""
    lines = [
        f"{summary['task']}: {summary['episodes']} episodes from seed {summary['seed']}",
        f"  A  {summary['a']}",
        f"  B  {summary['b']}",
    ]
    if summary["success_difference"] is not None:
        a, b, low, high = (100 * summary[f"success_{key}"] for key in ("a", "b", "low", "high"))
        lines += [
            f"  success  A {a:.1f} %, B {b:.1f} %, difference {b - a:+.1f} "
            f"(95 % interval {low:+.1f} to {high:+.1f}, McNemar p = {summary['success_p']:.2g})",
            f"  only A solved  {_listed(summary['only_a_solved'])}",
            f"  only B solved  {_listed(summary['only_b_solved'])}",
        ]
    a, b, low, high = (summary[f"return_{key}"] for key in ("a", "b", "low", "high"))
    lines += [
        f"  return   A {a:.2f}, B {b:.2f}, difference {b - a:+.3f} "
        f"(95 % interval {low:+.3f} to {high:+.3f}, sign-flip p = {summary['return_p']:.2g})",
        "  B is better" if summary["b_is_better"] else "  B is not shown to be better",
    ]
    return lines


def say(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _listed(seeds: list[int], most: int = 12) -> str:
    shown = ", ".join(map(str, seeds[:most])) or "none"
    return f"{shown} and {len(seeds) - most} more" if len(seeds) > most else shown


def _short_name(controller: Controller, most: int = 14) -> str:
    """What tells a controller from others: the name of its run, or of its file."""
    path = Path(controller.path)
    name = path.parent.name if path.name == FILE_NAME else path.stem
    return name if len(name) <= most else f"…{name[1 - most :]}"


def _film_side_by_side(a: Controller, b: Controller, seeds: list[int], out: Path) -> str:
    """Film both controllers on some seeds; returns what to say about it."""
    from robo_ddpg.recording.recorder import record_episodes
    from robo_ddpg.recording.video import render_recordings

    if not seeds:
        return f"they agree on every seed: nothing to film, {out} not written"
    total, seeds = len(seeds), seeds[:MOST_FILMED]
    pairs = zip(record_episodes(a, seeds=seeds), record_episodes(b, seeds=seeds), strict=True)
    recordings = [recording for pair in pairs for recording in pair]
    names = f"A: {_short_name(a)}", f"B: {_short_name(b)}"
    titles = [f"{name}, seed {seed}" for seed in seeds for name in names]
    # One scene for both: what their actions mean is not part of the model.
    model = make_task_of(a.task).model
    info = render_recordings(recordings, model, out, grid=(1, 2), titles=titles)
    return f"{len(seeds)} of {total} disagreements, {info.seconds:.1f} s: {info.path}"
