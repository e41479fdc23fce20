"""Where a result comes from: command, date, machine, commit."""

import platform
import shlex
import subprocess
import sys
import time
from pathlib import Path

from robo_ddpg.process.processors import available_processors

GIT_S = 5.0
"""How long git may take to say which commit this is [s]."""


def origin() -> dict[str, str]:
    """What this process does, where and when; no commit outside of a repository of git.

    The commit is that of the working directory.
    """
    about = {
        "command": command(sys.argv),
        "date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "machine": machine(),
    }
    found = commit()
    return about if found is None else about | {"commit": found}


def command(arguments: list[str]) -> str:
    """What was typed, from the arguments of a process."""
    program, *rest = arguments
    ours = Path(program).name in ("robo-ddpg", "__main__.py")
    return shlex.join(["robo-ddpg" if ours else program, *rest])


def machine() -> str:
    """Name, system and processor."""
    count = available_processors()
    processors = "1 processor" if count == 1 else f"{count} processors"
    here = platform.uname()
    return f"{here.node}: {here.system} {here.machine}, {processors}"


def commit(directory: Path = Path()) -> str | None:
    """The commit that is checked out; None if nobody can tell.

    Whether files differ from it is not asked: to tell, git may run what its settings there name.
    """
    words = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        asked = subprocess.run(
            words, cwd=directory, capture_output=True, text=True, timeout=GIT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip() or None
