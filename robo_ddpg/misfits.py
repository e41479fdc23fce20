"""Which setting does not fit a dataclass of settings, in words a user knows."""

import dataclasses
import difflib
import types
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any, Literal, get_args, get_origin, get_type_hints

_WORDS = {float: "a number", int: "a whole number", str: "text", bool: "True or False"}
_MANY = {float: "numbers", int: "whole numbers", str: "texts"}


def misfit(kind: type[Any], values: Mapping[str, Any]) -> str:
    """The first name that is no field, or value that is not of its field's type; else empty.

    Args:
        kind: a dataclass.
        values: field -> value.
    """
    return next(_misfits(kind, values), "")


def _misfits(kind: type[Any], values: Mapping[str, Any]) -> Iterator[str]:
    hints = {f.name: get_type_hints(kind)[f.name] for f in dataclasses.fields(kind)}
    for name, value in values.items():
        if name not in hints:
            near = difflib.get_close_matches(name, hints, n=1, cutoff=0.5)
            yield f"there is no {name}" + "".join(f"; did you mean {other}?" for other in near)
        elif not fits(value, hints[name]):
            yield f"{name} must be {in_words(hints[name])}, got {value!r:.60}"


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of the type that a field is annotated with; NumPy's numbers count."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        return any(fits(value, one) for one in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, list | tuple) and _fit(value, arguments)
    if hint in (float, int):
        return isinstance(value, Real if hint is float else Integral) and value is not bool(value)
    return hint is Any or isinstance(value, origin or hint)


def _fit(values: "list[Any] | tuple[Any, ...]", hints: tuple[Any, ...]) -> bool:
    hints = hints[:1] * len(values) if hints[-1] is ... else hints
    return len(values) == len(hints) and all(map(fits, values, hints))


def in_words(hint: Any) -> str:
    """What a field takes."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        return " or ".join(map(in_words, arguments))
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        count = "" if arguments[-1] is ... else f"{len(arguments)} "
        return f"{count}{_MANY.get(arguments[0], 'values')}"
    name = "None" if hint is types.NoneType else getattr(origin or hint, "__name__", str(hint))
    return _WORDS.get(hint, name)
