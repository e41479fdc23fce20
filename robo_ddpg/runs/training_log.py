"""Metrics of a run: a CSV file, TensorBoard, and the trackers it was asked to tell."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypedDict

from robo_ddpg.runs.diagnosis.finding import Finding
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.tables import Row, read_rows, write_rows
from robo_ddpg.runs.trackers.trackers import Trackers, flat

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
    "dead_units",
    "overestimation",
    "findings",
    "unstable",
)
"""Columns of metrics.csv; what was not measured is left empty.

After these come, for robots with limits, `safety_<reason>`, the share of steps in the training
episodes that ended since the last row whose action was altered for that reason, and
`violation_<limit>`, the worst overshoot of the simulated robot in them, in the limit's unit."""

TAGS = {
    "training_s": "speed/training_s",
    "steps_per_s": "speed/steps_per_s",
    "updates_per_s": "speed/updates_per_s",
    "episode_return": "train/return",
    "episode_success": "train/success",
    "evaluation_return": "evaluation/return",
    "evaluation_success": "evaluation/success",
    "final_return": "evaluation/final_return",
    "final_success": "evaluation/final_success",
    "dead_units": "diagnosis/dead_units",
    "overestimation": "diagnosis/overestimation",
    "findings": "diagnosis/findings",
    "unstable": "safety/unstable",
}
"""Column -> its tag in TensorBoard, where the groups are; others are in `train` or `safety`."""
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
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Open the files, cut back to an earlier part of the run.

        Args:
            csv_path: where metrics.csv goes.
            tensorboard: directory of the event files.
            kept: what `position` said of that part; None if there is none.
            trackers: are told the same.
            settings: everything that defines the run, nested: hyperparameters for TensorBoard.
        """
        from torch.utils import tensorboard as board

        kept = kept or {"rows": 0, "events": {}}
        self.rows = read_metrics(csv_path)[: kept["rows"]]
        self._path, self._events, self._trackers = csv_path, tensorboard, trackers
        self._save()
        _cut_back(tensorboard, kept["events"])
        writer: Any = board.SummaryWriter
        self._board = writer(str(tensorboard))
        if settings is not None and not kept["events"]:
            self._tell_settings(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, row: Row) -> None:
        """Add a row; it is on disk when this returns."""
        self.rows.append(row)
        self._save()
        self._draw(row)
        if self._trackers:
            self._trackers.log(row)

    def tell(self, findings: Sequence[Finding], transitions: int) -> None:
        """Show what was found wrong in TensorBoard, among its texts."""
        for finding in findings:
            self._board.add_text(f"diagnosis/{finding.kind}", finding.sentence, transitions)

    def conclude(self, evaluation: EvaluationStatistics) -> None:
        """Tell TensorBoard and trackers how the best controller did in the end."""
        success = evaluation.success
        row: Row = {
            "transitions": self.rows[-1]["transitions"] if self.rows else 0.0,
            "final_return": evaluation.returns.mean,
            "final_success": None if success is None else success.mean,
        }
        self._draw(row)
        if self._trackers:
            self._trackers.log(row)

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

    def _draw(self, row: Row) -> None:
        for key, value in row.items():
            if value is not None and key != "transitions":
                self._board.add_scalar(_tag(key), value, int(row["transitions"] or 0))

    def _tell_settings(self, settings: Mapping[str, Any]) -> None:
        """For the page on hyperparameters: values, and what they are to be compared by."""
        from torch.utils.tensorboard import summary as summaries

        hparams: Any = summaries.hparams
        simple = (bool, int, float, str)
        values = {k: v if isinstance(v, simple) else str(v) for k, v in flat(settings).items()}
        compared = dict.fromkeys((TAGS["final_return"], TAGS["final_success"]), 0.0)
        for summary in hparams(values, compared):
            self._board.file_writer.add_summary(summary)

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


def _tag(column: str) -> str:
    group = "safety" if column.startswith(SAFETY) else "train"
    return TAGS.get(column, f"{group}/{column.removeprefix('safety_')}")


def _text(value: float | None) -> str:
    """Six digits, but whole numbers in full: they are counts."""
    if value is None:
        return ""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"
