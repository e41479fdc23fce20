"""Tables of numbers as CSV files."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import writing

Row = dict[str, float | None]
"""Column -> value; None where nothing was measured."""

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
    if not path.exists():
        return []
    rows: list[Row] = []
    with path.open(newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        try:
            missing = {*required} - {*(lines.fieldnames or ())}
            if missing:
                raise ValueError(f"there is no column {min(missing)}")
            rows += [_numbers(row) for row in lines]
        except (ValueError, csv.Error) as error:
            raise OutputDirectoryError(
                f"{path}, line {lines.line_num}: {error}; correct that line, or delete the file"
            ) from None
    return rows


def _numbers(row: dict[str, str]) -> Row:
    if None in row or None in row.values():
        raise ValueError(f"expected {len(row) - (None in row)} values")
    return {name: _number(name, text) for name, text in row.items()}


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return _TRUTH[text] if text in _TRUTH else float(text)
    except ValueError:
        raise ValueError(f"expected a number as {name}, got {text!r}") from None
