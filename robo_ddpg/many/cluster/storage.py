"""Runs in an object store, for machines that share no directory."""

import secrets
from pathlib import Path, PurePosixPath
from typing import Any

from robo_ddpg.errors import OutputDirectoryError, SettingsError, in_one_line
from robo_ddpg.files import PARTS, writing
from robo_ddpg.runs import lock
from robo_ddpg.runs.directory import NEWEST

HALF = ".upload"
"""End of the name of an object that is not whole yet."""
WRITER = ".writer"
"""Object that says who writes a run."""


class Storage:
    """A place in an object store, or any other file system that PyArrow knows."""

    def __init__(self, uri: str) -> None:
        """Open it.

        Args:
            uri: such as `s3://bucket/place`, `gs://bucket/place` or `file:///shared/place`.

        Raises:
            SettingsError: PyArrow is not installed, or nothing can be written there.
        """
        try:
            from pyarrow import fs
        except ImportError:
            raise SettingsError(
                "--storage needs PyArrow, which is not installed: pip install 'robo-ddpg[cluster]'"
            ) from None
        self.uri, self._fs = uri, fs
        try:
            self._files, base = fs.FileSystem.from_uri(uri)
            self._base = PurePosixPath(base)
            self._files.create_dir(base)
            trial = self._at(f"{secrets.token_hex(8)}{HALF}")
            self._files.open_output_stream(trial).close()
            self._files.delete_file(trial)
        except (OSError, ValueError, NotImplementedError) as error:
            raise SettingsError(
                f"cannot write to {uri!r:.100}: {in_one_line(error):.200}"
            ) from None

    def write(self, name: str, content: bytes) -> None:
        """Write an object; whole or not at all."""
        half, whole = self._at(name + HALF), self._at(name)
        self._files.create_dir(str(PurePosixPath(half).parent))
        with self._files.open_output_stream(half) as stream:
            stream.write(content)
        self._files.move(half, whole)

    def read(self, name: str) -> bytes | None:
        """The content of an object; None if there is no such object."""
        try:
            with self._files.open_input_stream(self._at(name)) as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None

    def names(self, below: str) -> list[str]:
        """Names of the objects below a name, relative to it, in order."""
        selector = self._fs.FileSelector(self._at(below), recursive=True, allow_not_found=True)
        found = self._files.get_file_info(selector)
        paths = [PurePosixPath(each.path) for each in found if each.is_file]
        relative = [path.relative_to(self._base / below) for path in paths]
        return sorted(str(path) for path in relative if path.suffix != HALF)

    def delete(self, name: str) -> None:
        """Delete an object, if it is there."""
        try:
            self._files.delete_file(self._at(name))
        except FileNotFoundError:
            return

    def forget(self, below: str) -> None:
        """Delete everything below a name."""
        self._files.delete_dir_contents(self._at(below), missing_dir_ok=True)

    def _at(self, name: str) -> str:
        return str(self._base / name)


class StoredRun:
    """A run directory and what is kept of it in a storage."""

    def __init__(self, storage: Storage, name: str, path: Path) -> None:
        self._storage, self._name, self.path = storage, name, path
        self._kept: dict[str, Any] = {}
        self._token = b""

    def exists(self) -> bool:
        """Whether anything is kept of it."""
        return bool(self._storage.names(self._name))

    def forget(self) -> None:
        """Keep nothing of it."""
        self._storage.forget(self._name)

    def claim(self) -> None:
        """Be the one who writes it: whoever did before, on a node that is thought dead, stops."""
        self._token = secrets.token_bytes(16)
        self._storage.write(f"{self._name}/{WRITER}", self._token)

    def pull(self, *only: str) -> None:
        """Get what is kept of it: all, or some files of its own."""
        for name in only or self._storage.names(self._name):
            if ".." in PurePosixPath(name).parts:
                raise OutputDirectoryError(
                    f"{self._storage.uri} holds a name that leads out: {name:.100}"
                )
            content = self._storage.read(f"{self._name}/{name}")
            if content is None or name == WRITER:
                continue
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with writing(target) as part:
                part.write_bytes(content)
            self._kept[name] = _mark(target)

    def push(self) -> None:
        """Keep what has changed; what a checkpoint consists of before it is called the newest.

        Raises:
            OutputDirectoryError: another process took the run over.
        """
        if self._storage.read(f"{self._name}/{WRITER}") != self._token:
            raise OutputDirectoryError(f"{self._name} is written by another process by now")
        marks = {str(path.relative_to(self.path)): _mark(path) for path in self._files()}
        changed = [name for name, mark in marks.items() if self._kept.get(name) != mark]
        for name in sorted(changed, key=lambda name: (Path(name).name == NEWEST, name)):
            self._storage.write(f"{self._name}/{name}", (self.path / name).read_bytes())
        for name in {*self._kept} - {*marks}:
            self._storage.delete(f"{self._name}/{name}")
        self._kept = marks

    def _files(self) -> list[Path]:
        paths = (path for path in self.path.rglob("*") if path.is_file())
        return [path for path in paths if path.name != lock.NAME and not path.match(PARTS)]


def _mark(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
