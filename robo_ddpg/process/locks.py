"""Files that one process holds until it ends, however it ends.

The system lets go of them, so that what a dead process left is told from what a live one writes
without asking for process numbers, which in a container begin at 1 each time.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class HeldElsewhere(OSError):  # noqa: N818 - an answer more than an error
    """Another process, or another part of this one, holds the file."""


@contextlib.contextmanager
def held(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a file, made here if there is none; on a file system without locks nobody is kept out.

    Args:
        path: the file.
        wait: until nobody else holds it.

    Raises:
        HeldElsewhere: another one holds it.
    """
    descriptor = _hold(path, wait=wait)
    try:
        yield
    finally:
        os.close(descriptor)


def remove_abandoned(path: Path) -> None:
    """Delete a file unless somebody holds it, or nobody can tell."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)


def _hold(path: Path, *, wait: bool) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            raise HeldElsewhere(f"another process holds {path}") from None
        except OSError:  # this file system knows no locks
            return descriptor
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # it was deleted meanwhile


def _is_at(path: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    return False


def is_held(path: Path) -> bool:
    """Whether somebody holds the file; False where there is none, or nobody can tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
