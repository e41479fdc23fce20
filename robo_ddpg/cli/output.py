"""What commands write to standard output; notes go to standard error where results are JSON."""

import json
import sys
from collections.abc import Sequence
from typing import Any


def say(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a line to standard error, apart from results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def say_json(value: Any) -> None:
    """Write one JSON value, for programs."""
    say(json.dumps(value, indent=2))


def say_table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows of equal length with their columns aligned; the last is as long as it is."""
    widths = [2 + max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        say("".join(cells).rstrip())
