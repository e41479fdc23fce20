"""The command line: `robo-ddpg <command>`, also `python -m robo_ddpg`."""

import json
import sys
from collections.abc import Callable, Sequence

import gymnasium

from robo_ddpg.cli import commands, study
from robo_ddpg.errors import RoboDDPGError

COMMANDS: dict[str, Callable[[Sequence[str]], object]] = {
    "tasks": commands.tasks,
    "train": commands.train,
    "evaluate": commands.evaluate,
    "record": commands.record,
    "compare": study.compare,
    "replay": study.replay,
    "report": study.report,
    "watch": study.watch,
    "doctor": commands.doctor,
}

WRONG_INPUT = 2
"""Exit code for anything the user can put right."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the command and its options; None for those of the process.

    Returns:
        The exit code: 0 on success, 1 if a check of `doctor` failed, 2 on wrong input.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in ("-h", "--help"):
        sys.stdout.write(_overview())
        return 0
    try:
        if not words or words[0] not in COMMANDS:
            given = f"unknown command {words[0]!r}" if words else "name a command"
            raise commands.UsageError(
                f"{given}; available: {', '.join(COMMANDS)}; see robo-ddpg --help"
            )
        result = COMMANDS[words[0]](words[1:])
    except (RoboDDPGError, ValueError, OSError, gymnasium.error.Error) as error:
        sys.stderr.write(f"robo-ddpg: {' '.join(str(error).split())}\n")
        return WRONG_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("robo-ddpg: interrupted\n")
        return 130
    if isinstance(result, dict):
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return int(result is False)


def _overview() -> str:
    lines = ["usage: robo-ddpg COMMAND [OPTIONS]", ""]
    for name, command in COMMANDS.items():
        summary = (command.__doc__ or "").split("\n")[0]
        lines.append(f"  {name:10}{summary}")
    return "\n".join([*lines, "", "robo-ddpg COMMAND --help explains a command.", ""])


if __name__ == "__main__":
    sys.exit(main())
