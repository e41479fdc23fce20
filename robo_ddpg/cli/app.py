"""The command line: `robo-ddpg <command>`, also `python -m robo_ddpg`.

A command is a module of this package, or of a folder in it, with a function `run`; it is imported
when it is run.
"""

import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from robo_ddpg.errors import EnvironmentFailure, RoboDDPGError, SettingsError, in_one_line

COMMANDS = {
    "tasks": "List what can be trained.",
    "new": "Write a task of your own that trains as it stands, and a test for it.",
    "train": "Train a controller.",
    "sweep": "Search for good settings: trials of several seeds each, the best confirmed on fresh "
    "ones.",
    "check": "Check an environment before training: what will hurt learning, and how fast it is.",
    "adopt": "Adopt a robot of your own: from its MJCF or URDF to what tasks train on.",
    "evaluate": "Measure a controller: success with its confidence interval, return, safety.",
    "record": "Film a controller.",
    "demonstrate": "Record episodes of a scripted solution to learn from: train TASK "
    "--demonstrations DIR.",
    "compare": "Compare two controllers on the same seeds.",
    "replay": "Simulate a recording again and check that it is the same to the last bit.",
    "runs": "List runs: task, seed, state, success, and the settings in which they differ.",
    "plot": "Draw the learning curves of groups of runs, or print their table.",
    "report": "Write one page about a run: curves, evaluation, safety, videos.",
    "push": "Share a run's controller on the Hugging Face Hub, with its evaluation, film and card.",
    "export": "Write a policy as ONNX, with names, order and units of its numbers.",
    "watch": "Watch controllers live in the browser; command the robot, push it, film it.",
    "completion": "Print what completes commands, options, tasks and controllers when Tab is "
    "pressed.",
    "doctor": "Check what works on this machine, with the exact fix for what does not.",
}
"""Name of a command, which is that of its module -> the first line of its description."""

PACKAGE = "robo_ddpg.cli"
"""Where commands are."""
FOLDERS = {
    **dict.fromkeys(("sweep", "runs", "plot", "push"), "many"),
    **dict.fromkeys(("new", "adopt", "export"), "robots"),
    "completion": "parsing",
}
"""Name of a command -> the folder of its module, where it is in one."""
LONGEST_LINE = 2_000
"""Letters of an error that are shown; what it quotes may be a stranger's."""
FAILED = 1
"""Exit code if what was checked does not hold."""
WRONG_INPUT = 2
"""Exit code for anything the user can put right."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the command and its options; None for those of the process.

    Returns:
        The exit code: 0 on success, 1 if what was checked does not hold, 2 on wrong input, 130
        after an interruption.
    """
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        sys.stderr.write("robo-ddpg: interrupted\n")
        return INTERRUPTED
    except Exception as error:
        if not _is_wrong_input(error):
            raise
        sys.stderr.write(f"robo-ddpg: {_line(error)}\n")
        if isinstance(error, EnvironmentFailure) and error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        return WRONG_INPUT


def _dispatch(words: list[str]) -> int:
    name, *rest = words or [""]
    if name in ("-h", "--help"):
        sys.stdout.write(_overview())
        return 0
    if name == "--version":
        sys.stdout.write(f"robo-ddpg {version('robo-ddpg')}\n")
        return 0
    if name not in COMMANDS:
        raise SettingsError(_unknown(name))
    holds: bool | None = module_of(name).run(rest)
    return FAILED if holds is False else 0


def _run(words: list[str]) -> int:
    """Run a command; whoever reads what it says has it when this returns."""
    try:
        return _dispatch(words)
    except SystemExit as stop:  # after the help of a command
        return int(stop.code or 0)
    finally:
        sys.stdout.flush()


def _unknown(name: str) -> str:
    """What to say of a word that is no command."""
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    given = f"unknown command {name!r}{hint}" if name else "name a command"
    return f"{given}; available: {', '.join(COMMANDS)}; see robo-ddpg --help"


def module_of(name: str) -> Any:
    """The module of a command."""
    return importlib.import_module(".".join(filter(None, (PACKAGE, FOLDERS.get(name), name))))


def _is_wrong_input(error: Exception) -> bool:
    """Whether the user can put it right; Gymnasium's errors are told apart without importing it."""
    if isinstance(error, RoboDDPGError) or type(error).__module__ == "gymnasium.error":
        return True
    return isinstance(error, ValueError | OSError) and _is_ours(error)


def _is_ours(error: Exception) -> bool:
    """Whether this package raised it, by itself or through Python's own modules.

    What a user's file raises keeps its traceback, whatever its type.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    packages = [str(frame.f_globals.get("__name__")).split(".")[0] for frame in frames]
    others = [package for package in packages if package not in sys.stdlib_module_names]
    return others[-1:] in (["robo_ddpg"], ["tasks"])


def _line(error: Exception) -> str:
    """The error and the notes on it, in one line."""
    line = in_one_line(error)
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."


def _reader_left() -> int:
    """Nobody reads on, as in `robo-ddpg train --help | head`: stop without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _overview() -> str:
    lines = [f"  {name:13}{summary}" for name, summary in COMMANDS.items()]
    end = "robo-ddpg COMMAND --help explains a command; robo-ddpg --version says which this is."
    return "\n".join(["usage: robo-ddpg COMMAND [OPTIONS]", "", *lines, "", end, ""])


if __name__ == "__main__":
    sys.exit(main())
