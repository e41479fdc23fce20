"""Metrics of a run: a CSV file, TensorBoard, and a picture of the learning curve."""

import csv
from pathlib import Path
from typing import Any, Self

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import replacing

Row = dict[str, float | None]

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

SUCCESS_COLOUR, RETURN_COLOUR = "#1b7f5c", "#3b6fb6"


class TrainingLog:
    """Writes one row per evaluation; a context manager."""

    def __init__(self, csv_path: Path, tensorboard: Path, transitions: int = 0) -> None:
        """Open the files, keeping the rows of an earlier part of the run.

        Args:
            csv_path: where metrics.csv goes.
            tensorboard: directory of the event files.
            transitions: where the run continues; rows from beyond are dropped.
        """
        from torch.utils import tensorboard as board

        self.rows = [
            row for row in read_metrics(csv_path) if (row["transitions"] or 0.0) <= transitions
        ]
        self._path = csv_path
        self._save()
        writer: Any = board.SummaryWriter
        self._board = writer(str(tensorboard), purge_step=transitions)

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

    def close(self) -> None:
        """Close the event files."""
        self._board.close()

    def _save(self) -> None:
        """Write all rows again: which robot's limits are columns is known after the first step."""
        safety = dict.fromkeys(key for row in self.rows for key in row if key.startswith(SAFETY))
        columns = [*COLUMNS, *safety]
        with replacing(self._path) as part, part.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_text(row.get(key)) for key in columns] for row in self.rows)


def read_metrics(path: Path) -> list[Row]:
    """The rows of a metrics.csv; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            {key: float(value) if value else None for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def _text(value: float | None) -> str:
    """Six digits, but whole numbers in full: they are counts."""
    if value is None:
        return ""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"


def write_rows(rows: list[dict[str, Any]], path: Path) -> None:
    """Write rows that share their keys as a CSV file; whole or not at all.

    Raises:
        OutputDirectoryError: it cannot be written.
    """
    try:
        with replacing(path) as part, part.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        reason = error.strerror or error
        raise OutputDirectoryError(
            f"cannot write {path}: {reason}; name a place that can be written"
        ) from None


def plot_learning_curve(rows: list[Row], path: Path, title: str) -> None:
    """Draw evaluation success and return over training time.

    Args:
        rows: rows of the metrics.
        path: the PNG to write.
        title: headline.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7.2, 4.2), dpi=130, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold")
    axes.set_xlabel("training time [s]")
    time, returns = _points(rows, "evaluation_return")
    solved_at, success = _points(rows, "evaluation_success")
    below = axes
    if success:
        percent = [100.0 * share for share in success]
        axes.plot(solved_at, percent, color=SUCCESS_COLOUR, linewidth=2.2, marker="o", markersize=4)
        axes.set_ylabel("success [%]", color=SUCCESS_COLOUR)
        axes.set_ylim(-3, 103)
        below = axes.twinx()
    below.plot(time, returns, color=RETURN_COLOUR, linewidth=1.6, marker="o", markersize=2.5)
    below.set_ylabel("mean return of an episode", color=RETURN_COLOUR)
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(8))
    axes.grid(alpha=0.25)
    for side in (axes.spines["top"], below.spines["top"]):
        side.set_visible(False)
    figure.savefig(path)


def _points(rows: list[Row], name: str) -> tuple[list[float], list[float]]:
    """Times and values of a metric, where it was measured."""
    known = [(row["training_s"] or 0.0, row.get(name)) for row in rows]
    return [time for time, value in known if value is not None], [
        value for _, value in known if value is not None
    ]
