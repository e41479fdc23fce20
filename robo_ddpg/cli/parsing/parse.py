"""Options from words, and one line about words that do not fit.

The options of a command are a frozen dataclass, which tyro turns into flags and help.
"""

import contextlib
import dataclasses
import difflib
import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import tyro

from robo_ddpg.cli.parsing.help import REGISTRY
from robo_ddpg.errors import SettingsError
from robo_ddpg.seeds import check_seed

try:  # not public, but the only report of errors as data
    from tyro._errors import on_parse_error
except ImportError:  # then tyro draws its errors, and ends with the same exit code
    on_parse_error = contextlib.nullcontext  # type: ignore[assignment]

T = TypeVar("T")
Words = Sequence[str]


def parse(kind: type[T], words: Words, command: str, default: T | None = None) -> T:
    """Options from the words after a command; shows the help and exits if it is asked for.

    Args:
        kind: a dataclass of options.
        words: the words.
        command: name of the command.
        default: options to start from; nested settings may be of any type.

    Raises:
        SettingsError: the words do not fit, or give a seed that is none.
    """
    options, unknown = _parse(kind, words, command, default, add_help=True)
    if unknown:
        complaint = _unknown_option(unknown, default or kind) or f"unexpected word {unknown[0]!r}"
        raise _error(command, complaint)
    if isinstance(seed := getattr(options, "seed", None), int):
        check_seed(seed)
    return options


def parse_known(
    kind: type[T], words: Words, command: str, default: T | None = None
) -> tuple[T, list[str]]:
    """Options as from `parse`, and the words that fit none; `--help` is one of these."""
    return _parse(kind, words, command, default, add_help=False)


def _parse(
    kind: type[T], words: Words, command: str, default: T | None, *, add_help: bool
) -> tuple[T, list[str]]:
    def refuse(event: object) -> None:
        complaint = _unknown_option(words, default or kind) or _complaint(event, words)
        raise _error(command, complaint)

    try:
        with on_parse_error(refuse):
            return tyro.cli(
                kind,
                prog=f"robo-ddpg {command}",
                args=_help_first(words) if add_help else words,
                default=tyro.MISSING_NONPROP if default is None else default,
                return_unknown_args=True,
                add_help=add_help,
                config=(tyro.conf.DisallowNone,),
                registry=REGISTRY,
            )
    finally:
        sys.stdout.flush()


def _help_first(words: Words) -> Words:
    """The words, but so that the help does not leave out what stands before `--help`."""
    return ["--help", *words] if {"-h", "--help"} & set(words) else words


def _error(command: str, complaint: str) -> SettingsError:
    return SettingsError(f"{command}: {complaint}; see robo-ddpg {command} --help")


def _complaint(event: Any, words: Words) -> str:
    """What an error of tyro's means, in a few words."""
    missing = getattr(event, "missing_arguments", ())
    argument = missing[0].arg if missing else getattr(event, "argument", None)
    if argument is None:
        return str(getattr(event, "message", "these words do not fit"))
    expected = str(argument.lowered.metavar)
    if argument.is_positional():
        return f"{expected} is missing"
    given = _values(argument.lowered.name_or_flags, argument.lowered.nargs, words)
    return f"{argument.display_name()}: expected {expected}, got {' '.join(given) or 'nothing'}"


def _values(flags: Sequence[str], count: object, words: Words) -> list[str]:
    """The words given to an option at its last use."""
    values: list[str] = []
    for index, word in enumerate(words):
        name, has_value, value = word.partition("=")
        if name.replace("_", "-") in flags:
            rest = itertools.takewhile(lambda word: not _is_option(word), words[index + 1 :])
            values = [value] if has_value else list(rest)
    return values[:count] if isinstance(count, int) else values


def _unknown_option(words: Words, options: object) -> str:
    """A complaint about the first option that does not exist, or nothing."""
    known = ["-h", "--help", *_option_names(options)]
    for word in filter(_is_option, words):
        name = word.partition("=")[0].replace("_", "-")
        if name not in known:
            flags = {flag.lstrip("-"): flag for flag in known}
            near = difflib.get_close_matches(name.lstrip("-"), flags, n=1)
            hint = f" (did you mean {flags[near[0]]}?)" if near else ""
            return f"unknown option {name}{hint}"
    return ""


def _is_option(word: str) -> bool:
    """Whether a word is an option, not a value, which may be a negative number."""
    return word.startswith("-") and word.lstrip("-")[:1].isalpha()


def _option_names(options: Any, prefix: str = "--") -> Iterator[str]:
    """The flags made from a dataclass of options, or from an instance of one."""
    for field in dataclasses.fields(options):
        name, value = field.name.replace("_", "-"), getattr(options, field.name, None)
        markers = getattr(field.type, "__metadata__", ())
        if dataclasses.is_dataclass(value):
            yield from _option_names(value, f"{prefix}{name}.")
        elif tyro.conf.Positional not in markers:
            yield prefix + name
            if isinstance(value, bool) and tyro.conf.FlagCreatePairsOff not in markers:
                yield f"{prefix}no-{name}"
