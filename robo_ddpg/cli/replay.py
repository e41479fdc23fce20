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
    SlowContacts,
    Speed,
    Width,
    cameras,
    slow_contacts,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.envs.names import resolve
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.recording.fault_dump import FaultDump, is_fault_dump, resimulated, warning_of
from robo_ddpg.recording.fault_film import chart_fault, film_fault
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.film.writing import Look
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.verify import verify
from robo_ddpg.recording.video import render_recordings


@dataclass(frozen=True)
class ReplayOptions:
    """Simulate a recording again and check that it is the same to the last bit.

    The exit code is 1 if any state or reward differs. A file of a run's directory unstable/ is
    shown in pictures: the steps before the fault, and the one that failed, made again.
    """

    recording: Annotated[Path, Positional, arg(metavar="FILE.npz")]
    """The recording; robo-ddpg record --keep DIR makes some."""
    out: File = None
    """Also render it to this .mp4 or .gif; of a fault, it is a film beside the file if not given,
    or a .png where the environment's physics is out of reach."""
    camera: Camera = "front"
    width: Width = 640
    height: Height = 480
    speed: Speed = 1.0
    slow_contacts: SlowContacts = None
    task: OwnTask = None
    json: Json = False


def run(words: Words) -> bool:
    """Simulate a recording again and check that it is the same to the last bit."""
    options = parse(ReplayOptions, words, "replay")
    if options.task is not None:
        resolve(options.task)
    if is_fault_dump(options.recording):
        return _show_fault(FaultDump.load(options.recording), options)
    recording = Recording.load(options.recording)
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
    task = make_task_of(recording.task)
    return render_recordings(
        [recording],
        task.model,
        out,
        words=Wording.of(task),
        camera=cameras(options.camera),
        width=options.width,
        height=options.height,
        speed=options.speed,
        slow_contacts=slow_contacts(options.slow_contacts),
        titles=[f"Seed {recording.seed}"],
    ).path


def _show_fault(dump: FaultDump, options: ReplayOptions) -> bool:
    """Say what failed, whether it fails again, and where the pictures are; whether that is so."""
    path = options.out or options.recording.with_suffix(".mp4" if dump.states else ".png")
    again = ""
    if dump.states:
        model = dump.model()
        again = warning_of(resimulated(dump, model))
        look = Look(options.width, options.height, speed=options.speed, overlay=False)
        film_fault(dump, model, path, look, cameras(options.camera)[0])
    else:
        chart_fault(dump, path)
    if options.json:
        said = {"fault": dump.fault, "again": again or None, "steps": len(dump.actions)}
        say_json({**said, "task": dump.task["name"], "path": str(path)})
        return True
    say(dump.fault)
    if dump.states:
        say(f"made again: {again or 'the physics is stable; something else was wrong'}")
    say(str(path))
    return True
