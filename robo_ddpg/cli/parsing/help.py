"""How the help of options is drawn."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any

from tyro.conf import Suppress
from tyro.constructors import (
    ConstructorRegistry,
    StructConstructorSpec,
    StructFieldSpec,
    StructTypeInfo,
)

OF_ROBOT = "of a robot"
"""Marks settings of tasks that are chosen together with the robot, by --robot."""
RARE = "rarely wanted"
"""Marks options that only the help with a task shows, among the task's own."""
REGISTRY = ConstructorRegistry()
"""tyro's rules, but help texts keep no line breaks of the source code."""

_reading: list[Any] = []
_hidden = {OF_ROBOT}


@contextlib.contextmanager
def brief() -> Iterator[None]:
    """While it is entered, help is without what is rarely wanted."""
    _hidden.add(RARE)
    try:
        yield
    finally:
        _hidden.remove(RARE)


@REGISTRY.struct_rule
def _in_one_paragraph(info: StructTypeInfo) -> StructConstructorSpec | None:
    if _reading:
        return None  # leaves it to tyro's own rule, which was asked for below
    _reading.append(info)
    try:
        spec = ConstructorRegistry.get_struct_spec(info)
    finally:
        _reading.pop()
    if not isinstance(spec, StructConstructorSpec):
        return None
    return dataclasses.replace(spec, fields=tuple(map(_joined, spec.fields)))


def _joined(field: StructFieldSpec) -> StructFieldSpec:
    def text() -> str | None:
        found = field.helptext() if callable(field.helptext) else field.helptext
        return found and " ".join(found.split())

    hidden = not _hidden.isdisjoint(getattr(field.type, "__metadata__", ()))
    kind: Any = Annotated[field.type, Suppress] if hidden else field.type
    return dataclasses.replace(field, helptext=text, type=kind)
