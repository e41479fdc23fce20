"""Whether what was read from a file has the types that it is declared with."""

import dataclasses
import types
from typing import Any, get_args, get_origin, get_type_hints


def check_types(instance: Any) -> None:
    """Look at the fields of a dataclass, and of those in it.

    Raises:
        TypeError: one is of another type; the message names it.
    """
    for name, kind in get_type_hints(type(instance)).items():
        value = getattr(instance, name)
        if not _fits(value, kind):
            raise TypeError(f"{name} cannot be {value!r:.40}")


def _fits(value: Any, kind: Any) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        return any(_fits(value, one) for one in arguments)
    if origin is list:
        return isinstance(value, list) and all(_fits(one, arguments[0]) for one in value)
    if origin is dict:
        of_key, of_value = arguments
        pairs = value.items() if isinstance(value, dict) else [(None, None)]
        return all(_fits(k, of_key) and _fits(v, of_value) for k, v in pairs)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if dataclasses.is_dataclass(kind) and isinstance(value, kind):  # type: ignore[arg-type]
        check_types(value)
    return isinstance(value, kind)
