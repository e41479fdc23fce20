"""Arguments of environments whose settings only they know, as options."""

import ast
import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from robo_ddpg.cli.parsing.parse import Words

_WORDS = {"true": True, "false": False, "none": None, "null": None}


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Arguments of an environment, as text."""


def arguments(words: Words, given: Mapping[str, Any]) -> Any:
    """Options for every `--environment.some-argument` among the words, and those given before.

    Args:
        words: the words of a command.
        given: argument -> value, before the words are looked at.

    Returns:
        A dataclass whose fields are text.
    """
    named = [re.match(r"--environment\.([\w-]+)", word) for word in words]
    names = {match[1].replace("-", "_"): "" for match in named if match}
    defaults = names | {name: repr(value) for name, value in given.items()}
    fields = [(name, str, dataclasses.field(default=default)) for name, default in defaults.items()]
    return dataclasses.make_dataclass("Arguments", fields, bases=(Arguments,), frozen=True)()


def values(options: Any) -> dict[str, Any]:
    """Settings from options: Python's literals are values, other text stays text."""
    settings = dataclasses.asdict(options)
    return (
        {k: _value(v) for k, v in settings.items()} if isinstance(options, Arguments) else settings
    )


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
