"""One writer per run."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.process.locks import HeldElsewhere, held

NAME = ".lock"
"""The file in a run's directory that its writer holds; it says who that is."""


@contextlib.contextmanager
def sole_writer(directory: Path) -> Iterator[None]:
    """Keep every other process from training in a directory, which exists.

    Raises:
        OutputDirectoryError: another one trains there; the message says which.
    """
    path = directory / NAME
    with contextlib.ExitStack() as holding:
        try:
            holding.enter_context(held(path))
        except HeldElsewhere:
            raise OutputDirectoryError(
                f"{directory} is being written {_owner(path)}; wait until that ends, or name "
                "another directory with --out"
            ) from None
        except OSError as error:
            reason = error.strerror or error
            raise OutputDirectoryError(
                f"cannot use {directory}: {reason}; name a place that can be written"
            ) from None
        try:
            path.write_text(json.dumps(_me()))
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink()


def _me() -> dict[str, object]:
    since = time.strftime("%Y-%m-%d %H:%M:%S %z")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _owner(path: Path) -> str:
    """Who holds it, in words."""
    try:
        me = json.loads(path.read_text())
        return f"by process {me['pid']} on {me['host']} since {me['since']}"
    except (OSError, ValueError, TypeError, KeyError):
        return "by another process"
