"""What charts show: lines with their bands, from metrics and from robustness."""

from collections.abc import Sequence
from dataclasses import dataclass

from robo_ddpg.runs.robustness_curves import RobustnessCurve
from robo_ddpg.runs.tables import Row

_PERCENT = (-3.0, 103.0)
"""Range of an axis for shares [%]; what lies at 0 and 100 is drawn whole."""


@dataclass(frozen=True)
class Line:
    """Values over something, and the band in which they lie with 95 % confidence."""

    title: str
    """What is shown."""
    x_label: str
    """Of the horizontal axis, with its unit."""
    y_label: str
    """Of the vertical axis, with its unit."""
    x: Sequence[float]
    """Horizontal positions."""
    y: Sequence[float]
    """Values."""
    low: Sequence[float] = ()
    """Lower edge of the band; empty if there is none."""
    high: Sequence[float] = ()
    """Upper edge."""
    nominal: float | None = None
    """A horizontal position to mark."""
    y_range: tuple[float, float] | None = None
    """Of the vertical axis; that of the values if not given."""
    x_start: float | None = None
    """Where the horizontal axis begins; with the first value if not given."""


@dataclass(frozen=True)
class Along:
    """What a learning curve is drawn over."""

    column: str
    """Of metrics.csv."""
    label: str
    """In words, with its unit."""
    unit: float = 1.0
    """What the column is divided by."""


TIME = Along("training_s", "training time [s]")
TRANSITIONS = Along("transitions", "transitions [thousands]", 1000.0)


def metric_line(
    rows: Sequence[Row], column: str, label: str, *, percent: bool = False, along: Along = TIME
) -> Line:
    """A column of metrics.csv over training time or transitions, where it was measured.

    Args:
        rows: rows of metrics.csv.
        column: what to draw.
        label: its name in words.
        percent: whether it is a share, to be shown in percent.
        along: what it is drawn over.
    """
    known = [((row.get(along.column) or 0.0) / along.unit, row.get(column)) for row in rows]
    points = [(x, y) for x, y in known if y is not None]
    x, y = [x for x, _ in points], [(100 if percent else 1) * y for _, y in points]
    unit, y_range = (" [%]", _PERCENT) if percent else ("", None)
    return Line(label, along.label, label + unit, x, y, y_range=y_range, x_start=0.0)


def robustness_line(curve: RobustnessCurve) -> Line:
    """Success, or return where that is not known, over the size of a perturbation."""
    points = curve.points or {}
    found = [point.success for point in points.values() if point.success is not None]
    rated = bool(found)
    found = found or [point.returns for point in points.values()]
    scale = 100.0 if rated else 1.0
    return Line(
        curve.title,
        curve.unit,
        "success [%]" if rated else "return",
        x=[*points],
        y=[scale * estimate.mean for estimate in found],
        low=[scale * estimate.low for estimate in found],
        high=[scale * estimate.high for estimate in found],
        nominal=curve.nominal,
        y_range=_PERCENT if rated else None,
    )
