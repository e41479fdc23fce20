"""Makes one run in a process of its own, and tells another process how it goes.

As a program it reads a job, one JSON text, from standard input, and writes lines of JSON into the
pipe whose number is its argument.
"""

import json
import os
import sys
from typing import Any, TextIO

from robo_ddpg.errors import RoboDDPGError, in_one_line
from robo_ddpg.many.seeds.job import Job, carry_on
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.progress import SilentProgress


class TellingProgress(SilentProgress):
    """Writes what it is told as lines of JSON; when nobody reads them the run ends, saved."""

    def __init__(self, file: TextIO, *, silent: bool) -> None:
        self.silent = silent
        self._file = file

    def update(self, done: float, row: Row) -> None:
        """Tell how far the run is."""
        self.tell({"done": done, "row": row})

    def note(self, text: str) -> None:
        """Tell a line."""
        self.tell({"note": text})

    def tell(self, message: dict[str, Any]) -> None:
        """Write one line."""
        try:
            self._file.write(json.dumps(message) + "\n")
            self._file.flush()
        except OSError:
            self.unread = True


def main() -> int:
    """Make the run; returns the exit code."""
    job, silent = Job.from_json(order := json.load(sys.stdin)), bool(order["silent"])
    with os.fdopen(int(sys.argv[1]), "w") as pipe:
        progress = TellingProgress(pipe, silent=silent)
        try:
            carry_on(job, progress)
        except RoboDDPGError as error:
            progress.tell({"error": in_one_line(error)})
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
