"""`robo-ddpg replay`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import (
    Camera,
    File,
    Height,
    Json,
    OwnTask,
    Speed,
    Width,
    cameras,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.envs.names import resolve
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.verify import verify
from robo_ddpg.recording.video import render_recordings


@dataclass(frozen=True)
class ReplayOptions:
    """Simulate a recording again and check that it is the same to the last bit.

    The exit code is 1 if any state or reward differs.
    """

    recording: Annotated[Path, Positional, arg(metavar="FILE.npz")]
    """The recording; robo-ddpg record --keep DIR makes some."""
    out: File = None
    """Also render it to this .mp4 or .gif."""
    camera: Camera = "front"
    width: Width = 640
    height: Height = 480
    speed: Speed = 1.0
    task: OwnTask = None
    json: Json = False


def run(words: Words) -> bool:
    """Simulate a recording again and check that it is the same to the last bit."""
    options = parse(ReplayOptions, words, "replay")
    recording = Recording.load(options.recording)
    if options.task is not None:
        resolve(options.task)
    found = verify(recording)
    film = None if options.out is None else _film(recording, options, options.out)
    if options.json:
        say_json({**vars(found), "identical": found.identical})
    else:
        say(f"{options.recording}: {found}")
    if film is not None:
        (note if options.json else say)(str(film))
    return found.identical


def _film(recording: Recording, options: ReplayOptions, out: Path) -> Path:
    model = make_task_of(recording.task).model
    return render_recordings(
        [recording],
        model,
        out,
        camera=cameras(options.camera),
        width=options.width,
        height=options.height,
        speed=options.speed,
        titles=[f"Seed {recording.seed}"],
    ).path
