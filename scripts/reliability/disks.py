"""Let the place fail where something is written: a full disk, one made read-only, one deleted.

Whatever is written, the command has to end with one line that says so, or to be done before; a file
under its final name has to be whole, and nothing may be left behind. A training has to go on once
there is room again.
"""

import argparse
import collections
import contextlib
import ctypes
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
from PIL import Image

from robo_ddpg.cli import app
from robo_ddpg.controller import Controller
from robo_ddpg.recording.recording import Recording
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import read_rows
from robo_ddpg.training import trainer
from robo_ddpg.training.checkpoints.store import Checkpoints

TRAIN = (
    *("train", "locomotion-hopper", "--out", "run", "--steps", "6000", "--simulations", "16"),
    *("--agent.hidden-sizes", "16", "16", "--agent.batch-size", "16", "--agent.replay-capacity"),
    *("4000", "--environment.episode-s", "1", "--evaluate-every", "1000", "--no-stop-early"),
)
RECORD = ("record", "reach", "--episodes", "1", "--episode-s", "1.5")
WRITERS: dict[str, tuple[str, ...]] = {
    "checkpoints, metrics, controller, pages": TRAIN,
    "video (.mp4)": (*RECORD, "--out", "film.mp4", "--width", "160", "--height", "120"),
    "video (.gif)": (*RECORD, "--out", "film.gif", "--width", "160", "--height", "120"),
    "recordings": ("demonstrate", "reach", "--episodes", "4", "--out", "recordings"),
    "report": ("report", "run"),
    "evaluation": ("evaluate", "run", "--episodes", "4"),
}
"""What is written -> the command that does."""
NEEDS_RUN = ("report", "evaluate")
CAPABILITY_VERSION, WRITES_ANYWHERE = 0x20080522, 0b110
"""capset(2), capabilities(7): what lets root read and write where nobody may."""

Prepare = Callable[[], Any]


def command(arguments: tuple[str, ...], place: Path, prepare: Prepare) -> "Command":
    """Start a command of `robo-ddpg` in a process of its own, in a directory."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.chdir(place)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(writing, 2)
        trainer.CHECKPOINT_EVERY_S = 0.1
        prepare()
        code = 99
        with contextlib.suppress(BaseException):
            code = app.main(arguments)
        os._exit(code)
    os.close(writing)
    return Command(pid, reading)


class Command:
    """A running command."""

    def __init__(self, pid: int, errors: int) -> None:
        self.pid, self._errors = pid, errors

    def end(self) -> tuple[int, str]:
        """Wait for it: the exit code, and what it said of errors."""
        with open(self._errors) as errors:
            said = errors.read()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), said


@contextlib.contextmanager
def full_disk(place: Path, chance: random.Random) -> Iterator[Prepare]:
    """No file grows beyond a random size."""
    most = int(10 ** chance.uniform(1.5, 5.7))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@contextlib.contextmanager
def no_space(place: Path, chance: random.Random) -> Iterator[Prepare]:
    """The file system, which has to be a small one, has a random rest."""
    rest = int(10 ** chance.uniform(3.5, 5.7))
    filler = place.parent / "filler"
    with filler.open("wb") as file:
        file.write(bytes(max(shutil.disk_usage(place).free - rest, 0)))
    try:
        yield lambda: None
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(place: Path, chance: random.Random) -> Iterator[Prepare]:
    """After a while nothing can be written any more."""
    with _later(chance, lambda: _permit(place, 0o555, 0o444)):
        yield _as_anybody
    _permit(place, 0o755, 0o644)


@contextlib.contextmanager
def vanishing(place: Path, chance: random.Random) -> Iterator[Prepare]:
    """After a while it is deleted."""
    with _later(chance, lambda: shutil.rmtree(place, ignore_errors=True)):
        yield lambda: None


@contextlib.contextmanager
def _later(chance: random.Random, do: Callable[[], Any]) -> Iterator[None]:
    timer = threading.Timer(10 ** chance.uniform(-1.3, 0.6), do)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _permit(place: Path, directories: int, files: int) -> None:
    for path in (place, *place.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            path.chmod(directories if path.is_dir() else files)


def _as_anybody() -> None:
    """Even for root, what nobody may write is not written by this process."""
    library = ctypes.CDLL(None)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    if library.capget(header, sets) == 0:
        sets[0] &= ~WRITES_ANYWHERE
        library.capset(header, sets)


WAYS = {
    "full disk": full_disk,
    "no space": no_space,
    "read-only": read_only,
    "deleted": vanishing,
}
"""How a place fails."""


def tried(writer: str, way: str, place: Path, finished: Path, chance: random.Random) -> int:
    """Let a place fail once; the exit code of what wrote there.

    Raises:
        AssertionError: something is broken, left behind or unsaid.
    """
    place.mkdir()
    arguments = WRITERS[writer]
    if arguments[0] in NEEDS_RUN:
        shutil.copytree(finished, place / "run")
    with WAYS[way](place, chance) as prepare:
        code, said = command(arguments, place, prepare).end()
    last = (said.strip().splitlines() or [""])[-1]
    assert code in (0, app.WRONG_INPUT), (code, said)
    assert "Traceback" not in said, said
    assert code == 0 or last.startswith("robo-ddpg: "), said
    if place.exists():
        check_whole(place)
        if way not in ("read-only", "deleted"):
            _check_room_again(arguments, place)
        shutil.rmtree(place)
    return code


def _check_room_again(arguments: tuple[str, ...], place: Path) -> None:
    """Nothing is left behind; a training goes on."""
    if arguments is TRAIN:
        again = ("train", "--resume", "run") if (place / "run/config.json").exists() else TRAIN
        code, said = command(again, place, lambda: None).end()
        assert code == 0, said
        run = RunDirectory(place / "run")
        newest = Checkpoints(run.checkpoints).newest
        assert newest is not None, "it was trained"
        assert json.loads((newest / "progress.json").read_text())["finished"]
        check_whole(place)
    left = [path for path in place.rglob("*") if path.name.startswith(".") or ".part" in path.name]
    assert not left, left


def check_whole(place: Path) -> None:
    """Raises where a file under its final name is broken."""
    for path in place.rglob("*"):
        read = READERS.get(path.suffix)
        if read is not None and not path.name.startswith(".") and ".part" not in path.name:
            read(path)


def _read_video(path: Path) -> None:
    with av.open(path) as file:
        assert sum(1 for _ in file.decode(video=0)) > 1, path


def _read_image(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def _read_page(path: Path) -> None:
    assert path.read_text().rstrip().endswith("</html>"), path


def _read_controller(path: Path) -> None:
    if path.name == "controller.safetensors":
        Controller.load(path)


READERS: dict[str, Callable[[Path], Any]] = {
    ".mp4": _read_video,
    ".gif": _read_image,
    ".png": _read_image,
    ".npz": Recording.load,
    ".html": _read_page,
    ".csv": read_rows,
    ".safetensors": _read_controller,
    ".json": lambda path: json.loads(path.read_text()),
}


def main() -> None:
    """Print a table, or raise what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of everything that is written")
    parser.add_argument(
        "--place", type=Path, help="a directory on a small file system to be filled"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    ways = [way for way in WAYS if (way == "no space") == (options.place is not None)]
    counts: collections.Counter[tuple[str, str, int]] = collections.Counter()
    with tempfile.TemporaryDirectory() as elsewhere, tempfile.TemporaryDirectory() as temporary:
        code, said = command(TRAIN, Path(elsewhere), lambda: None).end()
        assert code == 0, said
        parent = options.place or Path(temporary)
        for number in range(options.rounds):
            for writer in WRITERS:
                for way in ways:
                    place = parent / "place"
                    code = tried(writer, way, place, Path(elsewhere, "run"), chance)
                    counts[writer, way, code] += 1
                    print(f"{number} {writer}, {way}: exit {code}", file=sys.stderr, flush=True)
    for writer in WRITERS:
        for way in ways:
            refused, done = (counts[writer, way, code] for code in (app.WRONG_INPUT, 0))
            print(f"| {writer} | {way} | {refused} | {done} |")


if __name__ == "__main__":
    main()
