"""JSON that may come from strangers."""

import json
import math
from typing import Any, NoReturn

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.plain_file import AnyPath, read_bytes

MOST_BYTES = 2**20
"""Of a text; what it says takes up to thirty times as much memory."""
DEEPEST = 32
"""Lists and objects within each other."""
MOST_DIGITS = 40
"""Of an integer: enough for the state of a random generator."""


def read_json(path: AnyPath) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        UnreadableFile: it cannot be read, or is too large, too deep, not finite, or no object.
        FileNotFoundError: there is none.
    """
    return json_object(read_bytes(path, MOST_BYTES))


def json_object(text: str | bytes) -> dict[str, Any]:
    """The object in a JSON text.

    Raises:
        UnreadableFile: it is too large, too deep, not finite, or no object.
    """
    if len(text) > MOST_BYTES:
        raise UnreadableFile(f"its JSON has {len(text)} bytes, at most {MOST_BYTES} are read")
    try:
        value = json.loads(text, **_NUMBERS)
    except RecursionError:
        raise UnreadableFile(f"its JSON is more than {DEEPEST} levels deep") from None
    except ValueError as error:
        raise UnreadableFile(f"its JSON cannot be read: {error}") from None
    if not isinstance(value, dict):
        raise UnreadableFile(f"its JSON is no object: {value!r:.40}")
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    """Level by level: what is too deep to be read is too deep for a recursion as well."""
    level = [value]
    for _ in range(DEEPEST):
        values = [list(each.values()) if isinstance(each, dict) else each for each in level]
        level = [x for each in values for x in each if isinstance(x, dict | list)]
        if not level:
            return
    raise UnreadableFile(f"its JSON is more than {DEEPEST} levels deep")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _not_finite(text)


def _countable(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"{text:.40} has {len(text)} digits")
    return int(text)


def _not_finite(text: str) -> NoReturn:
    raise ValueError(f"{text:.40} is not finite")


_NUMBERS: dict[str, Any] = {
    "parse_constant": _not_finite,
    "parse_float": _finite,
    "parse_int": _countable,
}
