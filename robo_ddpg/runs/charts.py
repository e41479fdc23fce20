"""Charts of runs and evaluations; the same ones as PNG files and, as SVG, in the report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from robo_ddpg.files import writing
from robo_ddpg.runs.lines import TIME, TRANSITIONS, Along, Line, metric_line
from robo_ddpg.runs.tables import Row

COLOURS = {
    "text": "#1c232d",
    "faint": "#667180",
    "rule": "#e1e5ea",
    "green": "#1b7f5c",
    "blue": "#3b6fb6",
    "amber": "#c2762b",
}
"""Colours by the names of the CSS variables that stand for them in a page."""
PALETTE = ("#1b7f5c", "#c2762b", "#3b6fb6", "#a3386c", "#6b7f1b", "#5d4aa8", "#1c7c8c", "#8c5a3c")
"""Colours in an order that tells them apart in grey, and with either kind of colour blindness."""
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1, 1, 1)))
"""What tells lines apart where they lie upon each other, or there are more than colours."""

_SIZE = (3.6, 2.3)
"""Width and height of a chart [inch]."""
_LEFT, _BOTTOM = 0.18, 0.19
"""Margins of a chart, as shares of its width and height."""
_FONT = 8.5
"""Size of letters [point]."""
_MOST_MARKED = 40
"""Points of a line up to which each is marked."""


def learning_curve(rows: Sequence[Row], along: Along = TIME) -> Figure:
    """Success and return of the evaluations in training.

    Args:
        rows: rows of metrics.csv.
        along: what they are drawn over.
    """
    figure, axes = _figure(right=0.17)
    _draw_learning(axes, rows, along)
    return figure


def learning_curves(rows: Sequence[Row], title: str) -> Figure:
    """The same over training time and over transitions, side by side, with a headline."""
    figure = Figure(figsize=(2 * _SIZE[0] + 0.6, _SIZE[1] + 0.2), dpi=200, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=_FONT + 1, fontweight="bold")
    for axes, along in zip(figure.subplots(1, 2), (TIME, TRANSITIONS), strict=True):
        _style(axes)
        _draw_learning(axes, rows, along)
    return figure


def _draw_learning(axes: Axes, rows: Sequence[Row], along: Along) -> None:
    returns = metric_line(rows, "evaluation_return", "return", along=along)
    success = metric_line(rows, "evaluation_success", "success", percent=True, along=along)
    if success.y:
        _draw(axes, success)
        axes.yaxis.label.set_color(COLOURS["green"])
        axes = axes.twinx()
        _style(axes)
        axes.grid(False)
        axes.yaxis.label.set_color(COLOURS["blue"])
    _draw(axes, returns, COLOURS["blue"])


def line_chart(line: Line) -> Figure:
    """A line with its band; its title is left to what stands around the chart."""
    figure, axes = _figure()
    _draw(axes, line)
    return figure


def line_charts(lines: Sequence[Line], title: str) -> Figure:
    """Lines with their bands and titles, a chart each, three in a row."""
    return _charts([[line] for line in lines], title)


def compared_charts(charts: Sequence[Sequence[Line]], names: Sequence[str], title: str) -> Figure:
    """Several lines in each chart, the k-th of which belongs to the k-th name."""
    figure = _charts(charts, title)
    lines = [line for line in figure.axes[0].lines if line.get_marker() != "None"]
    place: dict[str, Any] = {"loc": "outside lower left", "ncols": len(names), "frameon": False}
    figure.legend(lines, names, fontsize=_FONT + 1, **place)
    return figure


def _charts(charts: Sequence[Sequence[Line]], title: str) -> Figure:
    """Three in a row, each under the title of its first line."""
    rows = max(1, -(-len(charts) // 3))
    figure = Figure(figsize=(3 * _SIZE[0], rows * _SIZE[1] + 0.4), dpi=130, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    cells = figure.subplots(rows, 3, squeeze=False).ravel()
    for axes, lines in zip(cells, charts, strict=False):
        _style(axes)
        for k, line in enumerate(lines):
            _draw(axes, line, PALETTE[k % len(PALETTE)], DASHES[k % len(DASHES)])
        axes.set_title(lines[0].title, loc="left", fontsize=_FONT + 1)
    for axes in cells[len(charts) :]:
        axes.set_visible(False)
    return figure


def histogram(values: Sequence[float], x_label: str, bins: int = 24) -> Figure:
    """How values are distributed over episodes; the median is marked.

    Args:
        values: at least one.
        x_label: of the horizontal axis, with its unit.
        bins: number of bars.
    """
    figure, axes = _figure()
    counts, edges = np.histogram(values, bins)
    axes.stairs(counts, edges, fill=True, color=COLOURS["blue"], alpha=0.8)
    axes.axvline(float(np.median(values)), color=COLOURS["amber"], linewidth=1.2, linestyle="--")
    axes.set_xlabel(x_label)
    axes.set_ylabel("episodes")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return figure


def save_png(figure: Figure, path: Path) -> None:
    """Write a PNG file; whole or not at all.

    Raises:
        OutputDirectoryError: it cannot be written.
    """
    with writing(path) as part:
        figure.savefig(part)


def _figure(top: float = 0.05, right: float = 0.03) -> tuple[Figure, Axes]:
    """An empty chart; the margins are shares, fixed so that charts beside each other align."""
    figure = Figure(figsize=_SIZE, dpi=260)
    axes = figure.add_axes((_LEFT, _BOTTOM, 1 - _LEFT - right, 1 - _BOTTOM - top))
    _style(axes)
    return figure, axes


def _style(axes: Axes) -> None:
    """Few lines, and letters that are legible on a phone."""
    axes.tick_params(length=0, labelsize=_FONT, labelcolor=COLOURS["faint"])
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.spines["bottom"].set_color(COLOURS["faint"])
    axes.grid(color=COLOURS["rule"], linewidth=0.7)
    axes.set_axisbelow(True)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(size=_FONT, color=COLOURS["faint"])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter("{x:g}")


def _draw(axes: Axes, line: Line, colour: str = COLOURS["green"], dash: Any = "-") -> None:
    if line.nominal is not None:
        axes.axvline(line.nominal, color=COLOURS["faint"], linewidth=0.8, linestyle=":")
    if line.low:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.16, lw=0)
    marker = "o" if len(line.x) <= _MOST_MARKED else None
    axes.plot(line.x, line.y, color=colour, linewidth=1.5, ls=dash, marker=marker, markersize=3)
    axes.set_xlabel(line.x_label)
    axes.set_ylabel(line.y_label)
    if line.y_range is not None:
        axes.set_ylim(*line.y_range)
    if line.x_start is not None:
        axes.set_xlim(left=line.x_start)
