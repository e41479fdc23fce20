"""Writing a description for people: TOML, each value with where it came from."""

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robo_ddpg.adopt.sources import Sources
from tasks.described import shipped
from tasks.described.reading import Described

HEAD = """# {name}, as `robo-ddpg adopt` found it. Everything can be edited; behind each value is
# where it came from. Quaternions have their real part first.
#
#   robo-ddpg train {task} --robot {file}
"""


def toml_text(robot: Described, sources: Sources, path: Path, task: str) -> str:
    """The content of a robot's TOML.

    Args:
        robot: the robot.
        sources: where its values came from.
        path: of the file that it is written to; the model is named from there.
        task: what can be trained on it.
    """
    model = os.path.relpath(shipped.found(robot.model), path.parent)
    robot = dataclasses.replace(robot, model=model)
    lines = [HEAD.format(name=robot.name, file=path.name, task=task)]
    lines += [f"# Please check: {doubt}." for doubt in sources.doubts]
    lines += _lines(robot, "", "", sources)
    return "\n".join([*lines, ""])


def _lines(value: Any, where: str, path: str, sources: Sources) -> Iterator[str]:
    """A table's own values, then the tables in it.

    Args:
        value: the table.
        where: what its keys begin with among the sources.
        path: what they begin with in TOML.
        sources: where values came from.
    """
    tables = []
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if inner is None:
            continue
        if _is_table(inner):
            tables.append((field.name, inner))
        else:
            source = sources.of.get(f"{where}{field.name}", "")
            yield f"{field.name} = {_value(inner)}" + (f"  # {source}" if source else "")
    for name, inner in tables:
        if isinstance(inner, tuple):
            for each in inner:
                yield from _table(f"[[{path}{name}]]", each, f"{path}{name}.", sources)
        else:
            yield from _table(f"[{path}{name}]", inner, f"{path}{name}.", sources)


def _table(head: str, value: Any, where: str, sources: Sources) -> Iterator[str]:
    named = f"{where}{value.name}." if hasattr(value, "name") else where
    about = sources.of.get(where.rstrip("."), "")
    yield ""
    yield head + (f"  # {about}" if about else "")
    yield from _lines(value, named, where, sources)


def _is_table(value: Any) -> bool:
    tables = isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0])
    return dataclasses.is_dataclass(value) or bool(tables)


def _value(value: Any) -> str:
    """As TOML, whose texts, numbers and lists are those of JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
