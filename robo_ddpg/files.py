"""Files that appear under their name only when they are whole."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError


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
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


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
        reason = error.strerror or error
        raise OutputDirectoryError(
            f"cannot write {path}: {reason}; name a place that can be written"
        ) from None


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


@contextlib.contextmanager
def replacing_directory(path: Path) -> Iterator[Path]:
    """Give a new directory beside `path`; swap the two at the end, delete it after an error.

    Args:
        path: the final name; what is there already stays until the new directory is whole.

    Yields:
        An empty directory in the same parent.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    part.mkdir(parents=True)
    try:
        yield part
        if path.exists():
            os.replace(path, old)
        os.replace(part, path)
    finally:
        for leftover in (part, old):
            shutil.rmtree(leftover, ignore_errors=True)
