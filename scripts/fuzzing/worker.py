"""Reads mutated files of one kind in this process: worker.py KIND FIRST COUNT OUTCOMES FAILURES."""

import contextlib
import functools
import os
import random
import resource
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from kinds import KINDS, Kind
from mutations import TRAP

from robo_ddpg.errors import RoboDDPGError

NOT_YET, REFUSED, READ, FAILED = range(4)
"""Outcomes: the package's own error in one line, a valid file, or anything else."""
NO_FILE = 0.002
"""How often there is something else than a file."""
PAGE = os.sysconf("SC_PAGE_SIZE")


def mutated(name: str, number: int) -> tuple[random.Random, bytes]:
    """The file of a number, always the same."""
    rng = random.Random(f"{name} {number}")
    kind = KINDS[name]
    return rng, kind.mutate(rng, kind.good())


@functools.cache
def prepare(name: str) -> None:
    """Read a good file once: what that imports and makes is no memory of the others'."""
    kind = KINDS[name]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, f"good{kind.suffix}")
        path.write_bytes(kind.good())
        kind.read(path)


def outcome(kind: Kind, path: Path) -> int:
    """Read a file with no more memory than it may take.

    Raises:
        Exception: anything but the package's own error in one line.
    """
    modules = set(sys.modules)
    size = path.stat().st_size if path.is_file() else 0
    try:
        with limited(2 * size + kind.base):
            kind.read(path)
        return READ
    except RoboDDPGError as error:
        if "\n" in str(error):
            raise ValueError("the error has several lines") from error
        return REFUSED
    finally:
        trapped = [name for name in set(sys.modules) - modules if TRAP in name]
        assert not trapped, "a module that the file names was imported"


@contextlib.contextmanager
def limited(more: int) -> Iterator[None]:
    """Let this process take so much more memory, no more."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * PAGE
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


@contextlib.contextmanager
def placed(rng: random.Random, path: Path, content: bytes) -> Iterator[None]:
    """Put a file there; seldom something else that is no file."""
    if rng.random() >= NO_FILE:
        path.write_bytes(content)
    else:
        way = rng.choice(("pipe", "directory", "loop", "device", "nothing"))
        if way == "pipe":
            os.mkfifo(path)
        elif way == "directory":
            path.mkdir()
        elif way in ("loop", "device"):
            path.symlink_to(path if way == "loop" else "/dev/zero")
    try:
        yield
    finally:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


def try_one(name: str, number: int, directory: Path, failures: Path) -> int:
    """The outcome for the file of a number; what fails is kept."""
    kind = KINDS[name]
    prepare(name)
    rng, content = mutated(name, number)
    path = directory / f"file{kind.suffix}"
    try:
        with placed(rng, path, content):
            return outcome(kind, path)
    except Exception:
        failures.mkdir(parents=True, exist_ok=True)
        (failures / f"{name}-{number}{kind.suffix}").write_bytes(content)
        (failures / f"{name}-{number}.txt").write_text(traceback.format_exc())
        return FAILED


def main() -> None:
    """Try the files of some numbers; outcomes go into a mapped file, one byte each."""
    name, first, count, outcomes, failures = sys.argv[1:]
    found = np.memmap(outcomes, np.uint8, "r+", shape=(int(count),))
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        Path(f"{TRAP}.py").write_text("raise SystemExit('a trap')")
        for i in np.flatnonzero(found == NOT_YET):
            found[i] = try_one(name, int(first) + int(i), Path(directory), Path(failures))


if __name__ == "__main__":
    main()
