"""Opening files that may come from strangers."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from robo_ddpg.errors import UnreadableFile

AnyPath = str | os.PathLike[str]
ROOM = 64 * 2**20
"""Memory that reading a file may take beside twice its size [bytes]."""


@contextlib.contextmanager
def opened(path: AnyPath) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file without waiting: a named pipe, a device or a directory is refused.

    Args:
        path: the file; a link to one will do.

    Yields:
        The file, and its size [bytes].

    Raises:
        UnreadableFile: it is none, or cannot be read.
        FileNotFoundError: there is nothing.
    """
    with _without_waiting(path) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableFile("it is no plain file")
        yield file, about.st_size


def _without_waiting(path: AnyPath) -> BinaryIO:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)

    try:
        return open(path, "rb", opener=opener)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableFile(getattr(error, "strerror", None) or str(error)) from None


def read_bytes(path: AnyPath, most: int) -> bytes:
    """The content of a file of at most so many bytes; raises as `opened`."""
    with opened(path) as (file, size):
        if size > most:
            raise UnreadableFile(f"it has {size} bytes, at most {most} are read")
        return file.read(size)


def is_plain(path: Path) -> bool:
    """Whether it is a file itself, and not a link to one from anywhere."""
    return path.is_file() and not path.is_symlink()
