"""From observations of any form to vectors and back to actions of any form, as files keep it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

AnyArray = NDArray[Any]

NUMBERS = ("b", "i", "u", "f")
"""Kinds of the types that an action may have, as NumPy has them."""
OBSERVABLE = ("Box", "Discrete", "MultiBinary", "MultiDiscrete")
"""Kinds of Gymnasium's spaces that an observation may be made of, besides Dict and Tuple."""


def component_names(parts: Mapping[str, slice]) -> list[str]:
    """What each component of an observed vector is called, as `speed[0]`; parts are in order."""
    sizes = {name: at.stop - at.start for name, at in parts.items()}
    return [f"{name}[{k}]" for name, size in sizes.items() for k in range(size)]


@dataclass(frozen=True)
class Part:
    """One part of an observation."""

    path: tuple[str | int, ...]
    """Keys and indices that lead to it; none where the observation is the part."""
    kind: str
    """One of `OBSERVABLE`."""
    shape: tuple[int, ...]
    """Of its array."""
    choices: tuple[int, ...] = ()
    """How many values each number of a discrete part can have."""
    start: int = 0
    """The least of them."""

    @property
    def name(self) -> str:
        """Its path in one word."""
        return "/".join(map(str, self.path)) or "observation"

    @property
    def size(self) -> int:
        """How many components of the vector it takes."""
        return sum(self.choices) if self.choices else math.prod(self.shape)

    def flat(self, values: AnyArray) -> AnyArray:
        """Vectors, (n, size), of values, (n, ...): Boxes in C order, choices one-hot."""
        rows = values.reshape(len(values), -1)
        if not self.choices:
            return rows
        hot = [
            np.arange(self.start, self.start + count) == rows[:, [k]]
            for k, count in enumerate(self.choices)
        ]
        return np.concatenate(hot, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Flattening:
    """What the components of an observed vector are, in order."""

    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Components of the vector."""
        return sum(part.size for part in self.parts)

    @property
    def slices(self) -> dict[str, slice]:
        """Name of a part -> its components."""
        ends = np.cumsum([part.size for part in self.parts]).tolist()
        return {
            part.name: slice(end - part.size, end)
            for part, end in zip(self.parts, ends, strict=True)
        }

    def flat(self, arrays: Sequence[AnyArray]) -> AnyArray:
        """Vectors, (n, size), of the parts' values, (n, ...) each; a new array."""
        return np.concatenate(
            [part.flat(values) for part, values in zip(self.parts, arrays, strict=True)], axis=1
        )

    def values(self, observation: Any) -> list[AnyArray]:
        """The parts' values in an observation, or in n of the same nesting, (n, ...).

        Raises:
            ValueError: a part is missing or has another shape; the message names it.
        """
        return [_at(observation, part) for part in self.parts]

    def vector(self, observation: Any) -> AnyArray:
        """The vector, (size,) or (n, size), of one observation or of n in the same nesting.

        Raises:
            ValueError: a part is missing or has another shape; the message names it.
        """
        values = self.values(observation)
        many = {
            value.ndim > len(part.shape) for value, part in zip(values, self.parts, strict=True)
        }
        if len(many) > 1:
            raise ValueError("some parts are of one observation, others of many")
        rows = values if many == {True} else [value[None] for value in values]
        flat = self.flat(rows)
        return flat if many == {True} else flat[0]

    def to_json(self) -> list[dict[str, Any]]:
        """As JSON-compatible values, for a controller file."""
        return [{**vars(part), "name": part.name, "size": part.size} for part in self.parts]

    @classmethod
    def from_json(cls, parts: Sequence[dict[str, Any]]) -> "Flattening":
        """From what `to_json` returned, or from a worker's description.

        Raises:
            ValueError: it is something else.
        """
        return cls(tuple(_part(part) for part in parts))


@dataclass(frozen=True)
class ActionForm:
    """Actions as an environment takes them; the learner's are vectors of float32."""

    shape: tuple[int, ...]
    dtype: str
    low: AnyArray
    """Bounds, of the shape and type."""
    high: AnyArray

    def formed(self, vectors: ArrayLike) -> AnyArray:
        """Actions, (n, ...), of the environment's type, within its bounds; of vectors, (n, a)."""
        array = np.asarray(vectors)
        array = array.reshape(*array.shape[:-1], *self.shape)
        if np.issubdtype(self.dtype, np.integer):
            array = np.rint(array)
        return np.asarray(np.clip(array, self.low, self.high), self.dtype)

    def to_json(self) -> dict[str, Any]:
        """As JSON-compatible values, for a controller file."""
        return {
            "shape": list(self.shape),
            "dtype": self.dtype,
            "low": self.low.tolist(),
            "high": self.high.tolist(),
        }

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> "ActionForm":
        """From what `to_json` returned, or from a worker's description.

        Raises:
            ValueError: it is something else.
        """
        dtype, shape = form["dtype"], _shape(form["shape"])
        if np.dtype(dtype).kind not in NUMBERS:
            raise ValueError(f"actions of the type {dtype}")
        low, high = (np.array(form[bound], dtype) for bound in ("low", "high"))
        if not low.shape == high.shape == shape:
            raise ValueError(f"bounds of shape {low.shape} for actions of shape {shape}")
        return cls(shape, dtype, low, high)


def _shape(sizes: Any) -> tuple[int, ...]:
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise ValueError(f"a shape of {sizes!r:.40}")
    return tuple(sizes)


def _part(part: dict[str, Any]) -> Part:
    choices = np.atleast_1d(part.get("choices") or ()).ravel().astype(int)
    if part["kind"] not in OBSERVABLE or (choices < 0).any():
        raise ValueError(f"an observation of {part['kind']!r:.40} with {choices} choices")
    return Part(
        path=tuple(part["path"]),
        kind=part["kind"],
        shape=_shape(part["shape"]),
        choices=tuple(choices.tolist()),
        start=int(part.get("start", 0)),
    )


def _at(observation: Any, part: Part) -> AnyArray:
    value = observation
    try:
        for key in part.path:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        raise ValueError(f"the observation has no {part.name}") from None
    array = np.asarray(value)
    if array.shape[array.ndim - len(part.shape) :] != part.shape:
        raise ValueError(f"{part.name} has shape {array.shape}, expected {part.shape}")
    return array
