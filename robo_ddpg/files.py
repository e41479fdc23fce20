"""Files that appear under their name only when they are whole."""

import contextlib
import errno
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.process.locks import held, remove_abandoned

PARTS = ".*.part*"
"""What temporary names look like."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; move it there at the end, delete it after an error.

    Args:
        path: the final name; what is there already stays until the new file is whole.
            Missing directories are made.

    Yields:
        A path in the same directory with the same suffix.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    with held(part, wait=True):
        try:
            yield part
            _sync(part)
            os.replace(part, path)
            _sync(path.parent)
        finally:
            part.unlink(missing_ok=True)


def remove_leftovers(directory: Path) -> None:
    """Delete the temporary files in a directory, or below it, whose writers were killed."""
    for part in directory.rglob(PARTS):
        remove_abandoned(part)


def _sync(path: Path) -> None:
    """Have a file, or what a directory lists, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """As `replacing`, for a result.

    Raises:
        OutputDirectoryError: it cannot be written.
    """
    try:
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise _unwritable(path, error) from None


def check_place(path: Path) -> None:
    """Refuse a place where nothing can be written, before what belongs there is made.

    Raises:
        OutputDirectoryError: it would not be written; no file is left there.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> OutputDirectoryError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = (
        "make room there, or name another place" if full else "name a place that can be written"
    )
    return OutputDirectoryError(f"cannot write {path}: {error.strerror or error}; {advice}")


def write_json(value: dict[str, Any], path: Path) -> Path:
    """Write a JSON file; whole or not at all.

    Raises:
        OutputDirectoryError: it cannot be written.
        ValueError: a number in it is not finite, which JSON cannot hold.
    """
    try:
        text = json.dumps(value, indent=2, allow_nan=False) + "\n"
    except ValueError as error:
        raise ValueError(f"cannot write {path}: {error}") from None
    with writing(path) as part:
        part.write_text(text)
    return path
