"""Which word of a command line names the task."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from robo_ddpg.cli.parsing.help import brief
from robo_ddpg.cli.parsing.parse import Words, parse, parse_known
from robo_ddpg.envs.names import names
from robo_ddpg.errors import SettingsError, UnknownEnvironmentError

Defaults = Callable[[str], Any]
"""Options, one of them `task`, whose defaults and settings are those of a task.

Raises UnknownEnvironmentError where there is no such task.
"""


def find_task(words: Words, command: str, defaults: Defaults, general: Any) -> str:
    """The word that the task's own parser takes for the task.

    Which words are values of options depends on the task's settings, so the parser is made for
    every word that names a task. Shows the help and exits if that is all that is asked for.

    Args:
        words: the words after the command.
        command: name of the command.
        defaults: gives the options for a task.
        general: the options without those of a task.

    Raises:
        SettingsError: no word is the task, or the words do not fit it.
        UnknownEnvironmentError: a word seems to be meant as the task, but there is no such.
    """
    candidates = list(_candidates(words, defaults))
    for word, options in candidates:
        if _task_among(words, command, options) == word:
            return word
    for _, options in candidates:
        parse(type(options), words, command, options)  # says what does not fit
    _refuse_strays(words, command, defaults, general)
    raise SettingsError(
        f"{command}: name a task ({', '.join(names())}), module:Class, or a Gymnasium environment"
    )


def _candidates(words: Words, defaults: Defaults) -> Iterator[tuple[str, Any]]:
    """The words that name a task, with its options."""
    for word in words:
        if not word.startswith("-"):
            with contextlib.suppress(UnknownEnvironmentError):
                yield word, defaults(word)


def _task_among(words: Words, command: str, options: Any) -> str | None:
    """The word that the parser for these options takes for the task; None if the words misfit."""
    try:
        found, _ = parse_known(type(options), words, command, options)
    except SettingsError:
        return None
    return found.task  # type: ignore[no-any-return]


def _refuse_strays(words: Words, command: str, defaults: Defaults, general: Any) -> None:
    """Raise what is wrong with the first word that may be meant as the task."""
    found, unknown = parse_known(type(general), words, command, general)
    if {"-h", "--help"} & set(unknown):
        with brief():
            parse(type(general), words, command, general)
    for word in (found.task or "", *unknown):
        if not word.startswith("-") and any(map(str.isalpha, word)):
            defaults(word)
