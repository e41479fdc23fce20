"""Saving a run so that it can be continued, whenever it is killed.

A checkpoint is a directory, complete when its manifest is there, and counts when `newest` names it.
Nothing of it is ever changed. The steps of the replay buffer lie beside them, in files that
consecutive checkpoints share.
"""

import contextlib
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from robo_ddpg.agent.learner import Learner
from robo_ddpg.errors import OutputDirectoryError, RoboDDPGError, UnreadableFile
from robo_ddpg.files import replacing
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.reading.plain_file import read_bytes
from robo_ddpg.runs.directory import NEWEST
from robo_ddpg.training.checkpoints.steps import (
    Files,
    bytes_needed,
    read_file,
    read_steps,
    write_file,
    write_steps,
)

_AGENT, _MANIFEST, _STEPS = "agent.safetensors", "manifest.json", "replay"
_LONGEST_NAME = 40
"""Of a checkpoint."""
_DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, IndexError, RuntimeError),
    *(AttributeError, RecursionError, MemoryError, OverflowError, SafetensorError),
)

Documents = dict[str, dict[str, Any]]
"""Name -> what is saved besides the learner, JSON-compatible."""


class Checkpoints:
    """The checkpoints of a run, of which there is one but for the moment when another is written.

    Only the run's sole writer changes them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def newest(self) -> Path | None:
        """Directory of the newest complete checkpoint; None if there is none yet.

        Raises:
            ValueError: something else is written where its name should be.
        """
        try:
            name = read_bytes(self.path / NEWEST, _LONGEST_NAME).decode()
        except FileNotFoundError:
            return None
        if not re.fullmatch(r"\d+(-\d+)?", name):
            raise ValueError(f"{NEWEST} names no checkpoint")
        return self.path / name

    def save(self, agent: Learner, documents: Documents) -> None:
        """Write everything the learner is, and the documents; the one before stays until then.

        Raises:
            OutputDirectoryError: it cannot be written; the one before is still there.
        """
        try:
            self._save(agent, documents)
        except OSError as error:
            reason = error.strerror or error
            raise OutputDirectoryError(
                f"cannot write a checkpoint to {self.path}: {reason}; the one before is kept"
            ) from error
        finally:
            self.clean()

    def load(self, agent: Learner) -> Documents | None:
        """Restore the learner.

        Returns:
            The documents that were saved; None if there is no checkpoint yet.

        Raises:
            OutputDirectoryError: the checkpoint is damaged or of another agent.
        """
        with refusing_damage(self.path):
            directory = self.newest
            return None if directory is None else self._load(directory, agent)

    def clean(self) -> None:
        """Delete what belongs to no checkpoint, or to one that was replaced."""
        with contextlib.suppress(*_DAMAGE):
            for path in self._unneeded():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def _save(self, agent: Learner, documents: Documents) -> None:
        directory = self._unused(agent.transitions)
        before = self.newest
        written = {} if before is None else _manifest(before)[_STEPS]
        steps = write_steps(agent.replay_buffer.ring, self.path / _STEPS, written)
        tensors = {name: tensor.contiguous() for name, tensor in agent.state().items()}
        files = {_AGENT: write_file(directory / _AGENT, save(tensors))}
        for name, document in documents.items():
            data = json.dumps(document).encode()
            files[f"{name}.json"] = write_file(directory / f"{name}.json", data)
        manifest = {"files": files, _STEPS: steps}
        write_file(directory / _MANIFEST, json.dumps(manifest, indent=2).encode())
        with replacing(self.path / NEWEST) as part:
            part.write_text(directory.name)

    def _load(self, directory: Path, agent: Learner) -> Documents:
        manifest = _manifest(directory)
        files: Files = dict(manifest["files"])
        agent.load_state(load(read_file(directory / _AGENT, files.pop(_AGENT))))
        read_steps(agent.replay_buffer.ring, self.path / _STEPS, manifest[_STEPS])
        read = {Path(name).stem: (directory / Path(name).name, files[name]) for name in files}
        return {name: dict(json.loads(read_file(*file))) for name, file in read.items()}

    def _unneeded(self) -> Iterator[Path]:
        newest = self.newest
        steps = {} if newest is None else _manifest(newest)[_STEPS]
        for path in self.path.iterdir():
            if path.name == _STEPS:
                yield from (file for file in path.iterdir() if file.name not in steps)
            elif path.name != NEWEST and path != newest:
                yield path

    def _unused(self, transitions: int) -> Path:
        """A new directory, named by transitions."""
        again = (f"{transitions}-{k}" for k in itertools.count(1))
        names = itertools.chain([str(transitions)], again)
        return next(self.path / name for name in names if not (self.path / name).exists())


@contextlib.contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Whatever goes wrong with what was read from a checkpoint, in a sentence.

    Raises:
        OutputDirectoryError: something did.
    """
    try:
        yield
    except UnreadableFile as error:
        raise _damaged(path, error) from None
    except RoboDDPGError:
        raise
    except _DAMAGE as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> OutputDirectoryError:
    reason = " ".join(str(error).split())
    return OutputDirectoryError(
        f"the checkpoint in {path} cannot be resumed: {reason}; train it anew"
    )


def check_room(agent: Learner, steps: int, path: Path) -> str:
    """Compare the room that checkpoints take with what is free.

    Args:
        agent: the learner.
        steps: transitions it is going to collect.
        path: where they will be; it need not exist.

    Returns:
        What there is, in a sentence.

    Raises:
        OutputDirectoryError: there is too little.
    """
    networks = sum(tensor.nbytes for tensor in agent.state().values())
    needed = 2 * networks + bytes_needed(agent.replay_buffer.ring, steps)
    place = next(parent for parent in path.resolve().parents if parent.exists())
    total, _, free = shutil.disk_usage(place)
    if total == 0:
        raise OutputDirectoryError(f"cannot use {path}: {place} stores no files")
    room = f"checkpoints take up to {needed / 1e6:,.0f} MB in {path}"
    if free < needed:
        raise OutputDirectoryError(
            f"{room}, where {free / 1e6:,.0f} MB are free: make room, name another place with "
            "--out, or set a smaller --agent.replay-capacity"
        )
    return f"{room}; {free / 1e6:,.0f} MB are free there"


def _manifest(directory: Path) -> dict[str, Any]:
    return read_json(directory / _MANIFEST)
