"""Running the command lines of the documentation, with budgets that suit a test."""

import contextlib
import io
import re
import shlex
from pathlib import Path

from robo_ddpg.cli.app import main
from robo_ddpg.envs.names import TaskSource, resolve
from tests.docs.pages import ROOT

SMALL = {
    "train": "--steps 600 --simulations 8 --evaluate-every 600 --quiet",
    "sweep": "--trials 1 --seeds 1 --confirm 0 --steps 64 --evaluate-every 64 --quiet",
    "evaluate": "--episodes 2",
    "compare": "--episodes 2",
    "demonstrate": "--episodes 2",
    "record": "--episodes 1 --width 96 --height 64 --episode-s 0.2",
}
"""Command -> options that are appended to it; the last of two wins."""
SHORT = "--environment.episode-s 0.5"
"""Appended to trainings of this package's tasks, where episodes may be short."""


def run_line(line: str, *, short: bool) -> None:
    """Run one line of a shell; what is not this project's is refused.

    Args:
        line: what the reader types.
        short: whether training may use shorter episodes.

    Raises:
        AssertionError: it does not end as it should, or nothing is known of such lines.
    """
    words = shlex.split(line, comments=True)
    if not words:
        return
    if Path(words[0]).name == "robo-ddpg":
        run_command(words[1:], short=short)
    elif words[0] == "make":
        assert set(words[1:]) <= make_targets(), line
    else:
        raise AssertionError(f"cannot run {line!r}: say `<!-- not run: why -->` before the block")


def run_command(words: list[str], *, short: bool) -> None:
    """Run `robo-ddpg` with a small budget."""
    if words[0] == "watch":
        assert_is_understood([*words, "--port", "-1"], "port")
        return
    if "--seeds" in words and words[0] == "train":
        assert_is_understood([*words, "--seeds", "0", "0"], "seed 0 is given twice")
        return
    asks = words[0] in ("doctor", "check") or {"--require-better", "--at-least"} & {*words}
    allowed = {0, 1} if asks else {0}
    assert exit_code([*words, *_appended(words, short=short)]) in allowed, shlex.join(words)


def exit_code(words: list[str]) -> int:
    """How the command ends; help ends it too."""
    try:
        return main(words)
    except SystemExit as stop:
        return int(stop.code or 0)


def assert_is_understood(words: list[str], refused: str) -> None:
    """A command that serves for ever, or starts processes, is refused for its last option alone."""
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        assert exit_code(words) == 2
    assert refused in errors.getvalue()


def make_targets() -> set[str]:
    """What the Makefile can make."""
    return set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _appended(words: list[str], *, short: bool) -> list[str]:
    if "--help" in words:
        return []
    if "--resume" in words:
        return ["--steps", "1200", "--quiet"]
    shorter = short and words[0] == "train" and _is_task(words[1])
    return f"{SMALL.get(words[0], '')} {SHORT if shorter else ''}".split()


def _is_task(word: str) -> bool:
    """Whether a training is of one of this package's tasks, as those from a file are here."""
    return word.startswith("-") or isinstance(resolve(word), TaskSource)
