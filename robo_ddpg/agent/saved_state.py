"""What is saved without pickle: flat dictionaries of named arrays, as safetensors files hold."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")
_WORD = 2**64


def prefixed(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    """The values as `prefix.name`."""
    return {f"{prefix}.{name}": value for name, value in values.items()}


def under(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    """The values whose names start with `prefix.`, without it."""
    start = f"{prefix}."
    return {name[len(start) :]: v for name, v in values.items() if name.startswith(start)}


def generator_state(generator: np.random.Generator) -> NDArray[np.int64]:
    """State of a PCG64 generator, shape (6,)."""
    state = generator.bit_generator.state
    position, increment = state["state"]["state"], state["state"]["inc"]
    words = [*divmod(position, _WORD), *divmod(increment, _WORD)]
    return np.array([*words, state["has_uint32"], state["uinteger"]], np.uint64).view(np.int64)


def set_generator_state(generator: np.random.Generator, state: NDArray[np.generic]) -> None:
    """Restore what `generator_state` returned."""
    words = [int(word) for word in np.asarray(state, np.int64).view(np.uint64)]
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": words[0] * _WORD + words[1], "inc": words[2] * _WORD + words[3]},
        "has_uint32": words[4],
        "uinteger": words[5],
    }
