"""Metrics of a run: a CSV file, TensorBoard, and a picture of the learning curve."""

import csv
from pathlib import Path
from typing import Any

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
"""Columns of metrics.csv; what was not measured is left empty."""


class MetricsLog:
    """Writes one row per evaluation."""

    def __init__(self, csv_path: Path, tensorboard: Path) -> None:
        """Open the files, keeping the rows of an earlier part of the run.

        Args:
            csv_path: where metrics.csv goes.
            tensorboard: directory of the event files.
        """
        from torch.utils.tensorboard import SummaryWriter

        self.rows = read_metrics(csv_path)
        new = not self.rows
        self._file = csv_path.open("a", newline="")
        self._csv = csv.DictWriter(self._file, COLUMNS)
        if new:
            self._csv.writeheader()
        self._board: Any = SummaryWriter(str(tensorboard))  # type: ignore[no-untyped-call]

    def write(self, row: Row) -> None:
        """Add a row; it is on disk when this returns."""
        self.rows.append(row)
        self._csv.writerow({key: _text(row.get(key)) for key in COLUMNS})
        self._file.flush()
        for key, value in row.items():
            if value is not None and key != "transitions":
                self._board.add_scalar(key, value, row["transitions"])

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        self._board.close()


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
    return "" if value is None else f"{value:.6g}"


def write_rows(rows: list[dict[str, Any]], path: Path) -> None:
    """Write rows that share their keys as a CSV file; whole or not at all."""
    with replacing(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def plot_learning_curve(rows: list[Row], path: Path, title: str) -> None:
    """Draw evaluation success and return over training time.

    Args:
        rows: rows of the metrics.
        path: the PNG to write.
        title: headline.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.2), dpi=130, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold")
    axes.set_xlabel("training time [s]")
    shown = [row for row in rows if row.get("evaluation_return") is not None]
    time = [row["training_s"] for row in shown]
    twin = axes
    if any(row.get("evaluation_success") is not None for row in shown):
        success = [100.0 * (row["evaluation_success"] or 0.0) for row in shown]
        axes.plot(time, success, color="#1b7f5c", linewidth=2.2, marker="o", markersize=3.5)
        axes.set_ylabel("success [%]", color="#1b7f5c")
        axes.set_ylim(-3, 103)
        twin = axes.twinx()
    returns = [row["evaluation_return"] for row in shown]
    twin.plot(time, returns, color="#3b6fb6", linewidth=1.6, alpha=0.8)
    twin.set_ylabel("return", color="#3b6fb6")
    axes.grid(alpha=0.25)
    for side in ("top",):
        axes.spines[side].set_visible(False)
        twin.spines[side].set_visible(False)
    figure.savefig(path)
