"""Tables of numbers as CSV files."""

import contextlib
import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError, UnreadableFile
from robo_ddpg.files import writing
from robo_ddpg.reading.plain_file import opened

Row = dict[str, float | None]
"""Column -> value; None where nothing was measured."""

MOST_BYTES = 2**28
"""Of a table."""
MOST_LINE = 2**20
"""Letters in a line."""
MOST_CELLS = 2_000_000
"""Of a table: each takes up to 100 bytes of memory."""
_TRUTH = {"True": 1.0, "False": 0.0}


def write_rows(
    rows: Sequence[dict[str, Any]], path: Path, columns: Sequence[str] | None = None
) -> None:
    """Write a table; whole or not at all.

    Args:
        rows: with the same keys each.
        path: the file.
        columns: the keys; those of the first row if not given.

    Raises:
        OutputDirectoryError: it cannot be written.
    """
    with writing(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if columns is None else columns)
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path, required: Sequence[str] = ()) -> list[Row]:
    """Read a table; no rows if there is no such file.

    Args:
        path: the file.
        required: columns that it must have.

    Raises:
        OutputDirectoryError: it is damaged; the message names the line.
    """
    try:
        with opened(path) as (file, size):
            if size > MOST_BYTES:
                raise UnreadableFile(f"it has {size} bytes, at most {MOST_BYTES} are read")
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            return _rows(csv.DictReader(_lines(text)), path, required)
    except FileNotFoundError:
        return []
    except (OSError, UnreadableFile) as error:
        raise OutputDirectoryError(f"{path} cannot be read: {error}") from None


def _rows(lines: "csv.DictReader[str]", path: Path, required: Sequence[str]) -> list[Row]:
    try:
        missing = {*required} - {*(lines.fieldnames or ())}
        if missing:
            raise ValueError(f"there is no column {min(missing)}")
        return [_numbers(row) for row in lines]
    except (ValueError, csv.Error) as error:
        raise OutputDirectoryError(
            f"{path}, line {lines.line_num}: {error}; correct that line, or delete the file"
        ) from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines, as long as they do not hold too many values."""
    cells = 0
    while line := text.readline(MOST_LINE):
        cells += line.count(",") + 1
        if cells > MOST_CELLS or len(line) == MOST_LINE:
            raise ValueError(f"there are more than {MOST_CELLS} values, or {MOST_LINE} letters")
        yield line


def _numbers(row: dict[str, str]) -> Row:
    if None in row or None in row.values():
        raise ValueError(f"expected {len(row) - (None in row)} values")
    return {name: _number(name, text) for name, text in row.items()}


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    with contextlib.suppress(ValueError):
        number = _TRUTH[text] if text in _TRUTH else float(text)
        if math.isfinite(number):
            return number
    raise ValueError(f"expected a number as {name:.40}, got {text!r:.40}")
