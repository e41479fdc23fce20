"""Reading descriptions of robots: TOML that people edit, and JSON in controllers."""

import dataclasses
import difflib
import json
import math
import os
import tomllib
import types
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, get_args, get_origin, get_type_hints

from tasks.described import shipped
from tasks.described.error import RobotError

MOST_BYTES = 2**18
"""Of a description."""


class Described(Protocol):
    """The description of a robot: a dataclass that names its model."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def model(self) -> str:
        """Its MJCF or URDF."""


KINDS = {"tip": "an arm", "leg": "a robot on legs"}
"""Key that only the descriptions of one kind of robot have -> that kind."""

T = TypeVar("T", bound=Described)


def read(kind: type[T], text_or_path: str) -> T:
    """A robot from its name, the path of its TOML file, or the JSON text that `written` made.

    Args:
        kind: the class of its description.
        text_or_path: the text, the path, or the name of a robot that ships.

    Raises:
        RobotError: there is no such file, it describes another kind of robot, or something in it is
            missing, unknown or of another type; the message names the nearest key.
    """
    if text_or_path.lstrip().startswith("{"):
        return _robot(kind, _json(text_or_path), "the robot's description")
    path = shipped.description_of(text_or_path)
    robot = _robot(kind, _toml(path), str(path))
    return dataclasses.replace(robot, model=shipped.kept(robot.model, path))


def kind_of(text_or_path: str) -> str:
    """Which of `KINDS` is described, by its key; raises as `read` where that cannot be read."""
    inside = text_or_path.lstrip().startswith("{")
    values = _json(text_or_path) if inside else _toml(shipped.description_of(text_or_path))
    return next((key for key in KINDS if key in values), "")


def written(robot: Described) -> str:
    """The description as one line of JSON."""
    return json.dumps(dataclasses.asdict(robot))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RobotError(f"the robot's description is no JSON: {error}") from None


def _toml(path: Path) -> Any:
    if not os.path.isfile(path):  # unlike the method of Path, False for names that cannot be
        name = " ".join(str(path).split())[:99]
        raise RobotError(f"there is no robot {name}; {shipped.hint(name)}")
    if path.stat().st_size > MOST_BYTES:
        raise RobotError(f"{path} has more than {MOST_BYTES} bytes; name what adopt wrote")
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise RobotError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        hint = "" if path.suffix == ".toml" else "; `robo-ddpg adopt` makes TOML of a robot's file"
        raise RobotError(f"{path} is no TOML: {error}{hint}") from None


def _robot(kind: type[T], values: Any, origin: str) -> T:
    try:
        _refuse_other_kinds(kind, values)
        robot: T = _made(kind, values, "")
    except RobotError as error:
        raise RobotError(" ".join(f"{origin}: {error}".split())) from None
    return robot


def _refuse_other_kinds(kind: type[T], values: Any) -> None:
    wanted = {field.name for field in dataclasses.fields(kind)}
    given = values if isinstance(values, dict) else {}
    for key, name in KINDS.items():
        if key in given and key not in wanted:
            needed = next(what for mark, what in KINDS.items() if mark in wanted)
            raise RobotError(f"it describes {name}, and this task needs {needed}")


def _made(kind: Any, value: Any, where: str) -> Any:
    """A value of a type, from TOML or JSON."""
    if get_origin(kind) is types.UnionType:
        return None if value is None else _made(get_args(kind)[0], value, where)
    if dataclasses.is_dataclass(kind):
        return _instance(kind, value, where)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), value, where)
    if kind is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value):
            return float(value)
        raise RobotError(f"{where} must be a finite number, got {value!r:.40}")
    if not isinstance(value, kind):
        raise RobotError(f"{where} must be {_NAMES[kind]}, got {value!r:.40}")
    return value


_NAMES = {str: "text", bool: "true or false"}


def _instance(kind: Any, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise RobotError(f"{where or 'it'} must be a table, got {values!r:.40}")
    types_ = get_type_hints(kind)
    prefix = f"{where}." if where else ""
    for key in values:
        if key not in types_:
            raise RobotError(f"unknown key {prefix}{key}{_near(key, types_)}")
    for key, type_ in types_.items():
        if key not in values and get_origin(type_) is not types.UnionType:
            raise RobotError(f"{prefix}{key} is missing")
    return kind(**{key: _made(types_[key], values[key], prefix + key) for key in values})


def _near(key: str, known: Any) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    return f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"


def _tuple(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise RobotError(f"{where} must be a list, got {value!r:.40}")
    if kinds[-1] is types.EllipsisType or kinds[-1] is ...:
        kinds = (kinds[0],) * len(value)
    if len(value) != len(kinds):
        raise RobotError(f"{where} must have {len(kinds)} values, got {len(value)}")
    pairs = enumerate(zip(kinds, value, strict=True), 1)
    return tuple(_made(kind, each, f"{where}[{i}]") for i, (kind, each) in pairs)
