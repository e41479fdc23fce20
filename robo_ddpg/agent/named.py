"""Flat dictionaries of named arrays, as safetensors files hold them."""

from typing import TypeVar

_T = TypeVar("_T")


def prefixed(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    """The values as `prefix.name`."""
    return {f"{prefix}.{name}": value for name, value in values.items()}


def under(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    """The values whose names start with `prefix.`, without it."""
    start = f"{prefix}."
    return {name[len(start) :]: v for name, v in values.items() if name.startswith(start)}
