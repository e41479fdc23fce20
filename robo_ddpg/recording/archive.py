"""JSON and arrays in one .npz file; reading it can never run code."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import RecordingError
from robo_ddpg.files import replacing
from robo_ddpg.reading.arrays import read_arrays
from robo_ddpg.reading.json_text import json_object
from robo_ddpg.reading.plain_file import ROOM

Arrays = dict[str, NDArray[Any]]

MISSHAPEN = (OSError, KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What is raised where a file holds something else than `write` wrote."""


def write(path: str | os.PathLike[str], head: dict[str, Any], arrays: Arrays) -> Path:
    """Write a file; under its name there is either the whole file or none.

    It is compressed, but not where it would then be refused as an archive that hides too much.

    Args:
        path: where to; ends in .npz. Missing directories are made.
        head: what JSON can hold.
        arrays: name -> numbers.

    Raises:
        RecordingError: if it cannot be written, or holds something else.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise RecordingError(f"Got {path}: the name of a recording ends in .npz.")
    for name, value in arrays.items():
        if np.asarray(value).dtype.hasobject:
            raise RecordingError(f"Got Python objects in {name}: give numbers.")
    try:
        text = np.array(json.dumps(head))
    except TypeError as error:
        raise RecordingError(f"The task must hold what JSON can: {error}.") from None
    named: dict[str, Any] = {"head": text, **arrays}
    large = sum(np.asarray(value).nbytes for value in named.values()) > ROOM
    try:
        with replacing(path) as part:
            (np.savez if large else np.savez_compressed)(part, **named)
    except OSError as error:
        reason = error.strerror or error
        raise RecordingError(
            f"Cannot write {path}: {reason}. Name a place that can be written."
        ) from None
    return path


@contextlib.contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[tuple[dict[str, Any], Arrays]]:
    """Give the head and the arrays of a file to those who make something of them.

    Raises:
        RecordingError: if it is missing or damaged, or nothing can be made of it.
    """
    try:
        arrays = read_arrays(path)
        yield json_object(str(arrays.pop("head"))), arrays
    except FileNotFoundError:
        raise RecordingError(f"There is no recording {path}.") from None
    except RecordingError:
        raise
    except MISSHAPEN as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise RecordingError(
            f"{path} is not a whole recording ({reason}): record the episode again."
        ) from None
