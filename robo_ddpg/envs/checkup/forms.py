"""Whether observations are of the form that their space says."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.checkup.finding import HURTS, NOTE, Finding
from robo_ddpg.envs.foreign import worker
from robo_ddpg.flattening import Flattening

AnyArray = NDArray[Any]

ROUNDING = 1e-6
"""Values may leave their bounds by so much, relatively."""


@dataclass(frozen=True)
class _Leaf:
    """One part of an observation."""

    name: str
    space: Any
    low: AnyArray
    high: AnyArray


class Forms:
    """Looks at observations, one after the other, and keeps one fault of each kind."""

    def __init__(self, space: Any, flattening: Flattening) -> None:
        """Take the observation space and how it is flattened."""
        self._flattening = flattening
        self._leaves = [
            _Leaf(part.name, leaf, *_bounds(leaf))
            for part, (_, leaf) in zip(flattening.parts, worker.leaves(space), strict=True)
        ]
        self._found: dict[tuple[str, str], Finding] = {}
        self._beyond: dict[str, float] = defaultdict(float)
        self._before: list[tuple[AnyArray, AnyArray]] = []

    @property
    def findings(self) -> list[Finding]:
        """What was found."""
        return list(self._found.values())

    def see(self, observation: Any) -> None:
        """Look at one, with its parts as the environment returned them."""
        values = self._flattening.values(observation)
        for leaf, (returned, copy) in zip(self._leaves, self._before, strict=False):
            if not np.array_equal(returned, copy, equal_nan=_has_nan(copy)):
                self._keep("aliased", leaf, _aliased(leaf.name))
        for leaf, value in zip(self._leaves, values, strict=True):
            self._see_type(leaf, value)
            self._see_bounds(leaf, value)
        self._before = [(value, value.copy()) for value in values]

    def _see_type(self, leaf: _Leaf, value: AnyArray) -> None:
        if type(leaf.space).__name__ != "Box" or value.dtype == leaf.space.dtype:
            return
        with np.errstate(invalid="ignore", over="ignore"):
            cast = value.astype(leaf.space.dtype)
        lost = cast != value
        if np.issubdtype(leaf.space.dtype, np.integer) and lost.any():
            self._keep("dtype", leaf, _lossy(leaf, value[lost][0], cast[lost][0], value.dtype))
        else:
            self._keep("dtype", leaf, _cast(leaf, value.dtype))

    def _see_bounds(self, leaf: _Leaf, value: AnyArray) -> None:
        """Keeps what lies farthest outside."""
        beyond = np.maximum(leaf.low - value, value - leaf.high)
        slack = ROUNDING * (
            1.0 + np.abs(value, where=np.isfinite(value), out=np.zeros(value.shape))
        )
        where = int(np.argmax(np.nan_to_num(beyond)))
        if value.size and beyond.flat[where] > max(slack.flat[where], self._beyond[leaf.name]):
            self._beyond[leaf.name] = float(beyond.flat[where])
            self._found["outside", leaf.name] = _outside(leaf, where, value)

    def _keep(self, kind: str, leaf: _Leaf, finding: Finding) -> None:
        """The first of its kind, or the first that hurts."""
        before = self._found.get((kind, leaf.name))
        if before is None or (finding.weight, before.weight) == (HURTS, NOTE):
            self._found[kind, leaf.name] = finding


def _bounds(space: Any) -> tuple[AnyArray, AnyArray]:
    """Least and greatest value of each number, as float64."""
    kind, start = type(space).__name__, np.asarray(getattr(space, "start", 0), float)
    if kind == "Box":
        return space.low.astype(float), space.high.astype(float)
    if kind == "Discrete":
        return start, start + (int(space.n) - 1)
    if kind == "MultiDiscrete":
        return start, start + (np.asarray(space.nvec, float) - 1.0)
    return np.zeros(space.shape), np.ones(space.shape)


def _has_nan(array: AnyArray) -> bool:
    return np.issubdtype(array.dtype, np.floating) and bool(np.isnan(array).any())


def _aliased(name: str) -> Finding:
    text = (
        f"{name} is one array that later steps write into again: it is copied at once here, but "
        "others would store the same observation many times; return a copy"
    )
    return Finding("aliased observation", NOTE, text)


def _lossy(leaf: _Leaf, value: Any, cast: Any, dtype: Any) -> Finding:
    text = (
        f"{leaf.name} has values of {dtype} such as {value:g}, which become {cast:g} in "
        f"{leaf.space.dtype}, as its space says: declare Box(..., dtype=np.{dtype})"
    )
    return Finding("observation dtype", HURTS, text)


def _cast(leaf: _Leaf, dtype: Any) -> Finding:
    text = (
        f"{leaf.name} is of {dtype}, its space says {leaf.space.dtype}: it is converted; "
        "return what is declared"
    )
    return Finding("observation dtype", NOTE, text)


def _outside(leaf: _Leaf, where: int, value: AnyArray) -> Finding:
    """A number outside the bounds; one that stands for a choice is none of the choices then."""
    chosen = type(leaf.space).__name__ in ("Discrete", "MultiDiscrete")
    low, high, found = (
        np.broadcast_to(array, value.shape).flat[where] for array in (leaf.low, leaf.high, value)
    )
    name = f"{leaf.name}[{where}]" if value.shape else leaf.name
    end = (
        "it is observed as none of the choices; widen the space"
        if chosen
        else "harmless here, as observations are scaled by what is seen, not by their bounds; "
        "widen the space"
    )
    return Finding(
        "observation outside its space",
        HURTS if chosen else NOTE,
        f"{name} was {found:g}, outside its space from {low:g} to {high:g}: {end}",
    )
