"""Tensors in .safetensors files that may come from strangers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.json_text import MOST_BYTES, json_object
from robo_ddpg.reading.plain_file import AnyPath, opened

TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}
"""What networks and normalisers are saved as."""
LENGTH_BYTES = 8
"""What a file begins with: the length of its header."""


def read_tensors(path: AnyPath) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The tensors in a file, which are only to be read, and the texts in its header.

    Raises:
        UnreadableFile: it is damaged, or holds something other than finite numbers in float32 or
            float64.
        FileNotFoundError: there is none.
    """
    with opened(path) as (file, size):
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        if not 0 < length <= min(size - LENGTH_BYTES, MOST_BYTES):
            raise UnreadableFile(f"its header claims {length} of {size} bytes")
        header = file.read(length)
        texts = json_object(header).get("__metadata__", {})
        file.seek(0)
        try:
            found = deserialize(file.read(size))  # type: ignore[no-untyped-call]
        except SafetensorError as error:
            raise UnreadableFile(" ".join(str(error).split())) from None
    return {name: _tensor(name, about) for name, about in found}, texts


def _tensor(name: str, about: dict[str, Any]) -> NDArray[Any]:
    if about["dtype"] not in TYPES:
        raise UnreadableFile(f"{name:.40} has the type {about['dtype']}, expected float32")
    flat: NDArray[Any] = np.frombuffer(about["data"], dtype=TYPES[about["dtype"]])
    values = flat.reshape(about["shape"])
    if not np.isfinite(values).all():
        raise UnreadableFile(f"{name:.40} holds numbers that are not finite")
    return values
