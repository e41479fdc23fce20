"""Metrics of a run: a CSV file, TensorBoard, and the trackers it was asked to tell."""

import os
from pathlib import Path
from typing import Any, Self, TypedDict

from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.tables import Row, read_rows, write_rows
from robo_ddpg.runs.trackers.trackers import Trackers

COLUMNS = (
    "training_s",
    "transitions",
    "updates",
    "steps_per_s",
    "updates_per_s",
    "episode_return",
    "episode_success",
    "evaluation_return",
    "evaluation_success",
    "critic_loss",
    "q",
    "q_gap",
    "saturated_actions",
    "unstable",
)
"""Columns of metrics.csv; what was not measured is left empty.

After these come, for robots with limits, `safety_<reason>`, the share of steps in the training
episodes that ended since the last row whose action was altered for that reason, and
`violation_<limit>`, the worst overshoot of the simulated robot in them, in the limit's unit."""

SAFETY = ("safety_", "violation_")
"""Beginnings of the columns that depend on the robot."""


class Position(TypedDict):
    """How far the files of a run are."""

    rows: int
    """Rows of metrics.csv."""
    events: dict[str, int]
    """Name of an event file -> its size [bytes]."""


class TrainingLog:
    """Writes one row per evaluation; a context manager."""

    def __init__(
        self,
        csv_path: Path,
        tensorboard: Path,
        kept: Position | None = None,
        trackers: Trackers | None = None,
    ) -> None:
        """Open the files, cut back to an earlier part of the run.

        Args:
            csv_path: where metrics.csv goes.
            tensorboard: directory of the event files.
            kept: what `position` said of that part; None if there is none.
            trackers: are told the same.
        """
        from torch.utils import tensorboard as board

        kept = kept or {"rows": 0, "events": {}}
        self.rows = read_metrics(csv_path)[: kept["rows"]]
        self._path, self._events, self._trackers = csv_path, tensorboard, trackers
        self._save()
        _cut_back(tensorboard, kept["events"])
        writer: Any = board.SummaryWriter
        self._board = writer(str(tensorboard))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, row: Row) -> None:
        """Add a row; it is on disk when this returns."""
        self.rows.append(row)
        self._save()
        for key, value in row.items():
            if value is not None and key != "transitions":
                self._board.add_scalar(key, value, int(row["transitions"] or 0))
        if self._trackers:
            self._trackers.log(row)

    def conclude(self, evaluation: EvaluationStatistics) -> None:
        """Tell trackers how the best controller did in the end."""
        if self._trackers:
            success = evaluation.success
            self._trackers.log(
                {
                    "transitions": self.rows[-1]["transitions"] if self.rows else 0.0,
                    "final_return": evaluation.returns.mean,
                    "final_success": None if success is None else success.mean,
                }
            )

    def position(self) -> Position:
        """How far the files are; JSON-compatible."""
        self._board.flush()
        events = {path.name: path.stat().st_size for path in self._events.iterdir()}
        return {"rows": len(self.rows), "events": events}

    def close(self) -> None:
        """Close the event files, and what trackers have open."""
        self._board.close()
        if self._trackers:
            self._trackers.close()

    def _save(self) -> None:
        """Write all rows again: which robot's limits are columns is known after the first step."""
        safety = dict.fromkeys(key for row in self.rows for key in row if key.startswith(SAFETY))
        columns = [*COLUMNS, *safety]
        texts = [{key: _text(row.get(key)) for key in columns} for row in self.rows]
        write_rows(texts, self._path, columns)


def _cut_back(directory: Path, sizes: dict[str, int]) -> None:
    """Cut files back to what they were; those that were not there go."""
    for path in directory.glob("events.*"):
        if path.name in sizes:
            os.truncate(path, min(sizes[path.name], path.stat().st_size))
        else:
            path.unlink()


def read_metrics(path: Path) -> list[Row]:
    """The rows of a metrics.csv; none if there is no such file.

    Raises:
        OutputDirectoryError: it is damaged; the message names the line.
    """
    return read_rows(path, required=("training_s", "transitions"))


def _text(value: float | None) -> str:
    """Six digits, but whole numbers in full: they are counts."""
    if value is None:
        return ""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"
