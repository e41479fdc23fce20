"""JSON and arrays in one .npz file; reading it can never run code."""

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import RecordingError
from robo_ddpg.files import replacing

Arrays = dict[str, NDArray[Any]]

DAMAGE = (
    *(OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error),
    RuntimeError,  # zipfile's word for features, such as encryption, that a flipped bit asks for
)


def write(path: str | os.PathLike[str], head: dict[str, Any], arrays: Arrays) -> Path:
    """Write a compressed file; under its name there is either the whole file or none.

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
    try:
        with replacing(path) as part:
            np.savez_compressed(part, **named)
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
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        yield json.loads(str(arrays.pop("head"))), arrays
    except FileNotFoundError:
        raise RecordingError(f"There is no recording {path}.") from None
    except RecordingError:
        raise
    except DAMAGE as error:
        reason = " ".join(str(error).split())
        if "pickle" in reason:  # NumPy's guess about anything that is not an archive
            reason = "not an .npz archive"
        raise RecordingError(
            f"{path} is not a whole recording ({reason}): record the episode again."
        ) from None
