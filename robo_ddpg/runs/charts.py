"""Small charts as inline SVG, sized for a phone's width and coloured by the page's style."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 360, 220
"""Size of a chart in its own units; text is legible where that is about as many pixels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 12, 38


@dataclass(frozen=True)
class Line:
    """One line of a chart."""

    label: str
    """What it shows."""
    x: Sequence[float]
    """Horizontal positions."""
    y: Sequence[float]
    """Values."""
    low: Sequence[float] | None = None
    """Lower edge of its confidence band."""
    high: Sequence[float] | None = None
    """Upper edge."""


def line_chart(
    lines: Sequence[Line],
    x_label: str,
    y_label: str,
    y_range: tuple[float, float] | None = None,
) -> str:
    """Lines over a common axis; the k-th takes the style's colour k.

    Args:
        lines: at least one, with at least one point each.
        x_label: of the horizontal axis, with its unit.
        y_label: of the vertical axis, with its unit.
        y_range: of the vertical axis; from the values if not given.
    """
    xs = [x for line in lines for x in line.x]
    ys = [y for line in lines for part in (line.y, line.low or (), line.high or ()) for y in part]
    axes = _Axes(_range(xs), y_range or _range(ys))
    parts = [axes.draw(x_label, y_label)]
    for k, line in enumerate(lines):
        if line.low is not None and line.high is not None:
            edge = [*zip(line.x, line.high, strict=True)]
            edge += reversed([*zip(line.x, line.low, strict=True)])
            parts.append(f'<polygon class="band c{k}" points="{axes.points(edge)}"/>')
        points = axes.points(zip(line.x, line.y, strict=True))
        parts.append(f'<polyline class="line c{k}" points="{points}"/>')
        if len(line.x) <= 12:
            parts += [
                f'<circle class="dot c{k}" cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="2.6"/>'
                for x, y in zip(line.x, line.y, strict=True)
            ]
    return _svg(f"{y_label} over {x_label}", parts)


def histogram(values: Sequence[float], x_label: str, bins: int = 24) -> str:
    """How values are distributed; the median is marked.

    Args:
        values: at least one.
        x_label: of the horizontal axis, with its unit.
        bins: number of bars.
    """
    low, high = _range(values)
    counts, edges = np.histogram(values, bins=bins, range=(low, high))
    axes = _Axes((low, high), (0.0, float(counts.max())))
    parts = [axes.draw(x_label, "episodes")]
    for count, left, right in zip(counts, edges, edges[1:], strict=False):
        if count:
            x, y = axes.x(left) + 0.5, axes.y(float(count))
            width, height = axes.x(right) - axes.x(left) - 1, axes.y(0) - y
            box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            parts.append(f'<rect class="bar" {box}/>')
    middle = axes.x(float(np.median(values)))
    parts.append(f'<path class="median" d="M{middle:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>')
    return _svg(f"Histogram of {x_label}", parts)


class _Axes:
    """From values to positions, and the ticks between."""

    def __init__(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        self._x_range, self._y_range = x_range, y_range

    def x(self, value: float) -> float:
        low, high = self._x_range
        return _LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self._y_range
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    def points(self, pairs: object) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in pairs)  # type: ignore[attr-defined]

    def draw(self, x_label: str, y_label: str) -> str:
        parts = []
        for value in ticks(*self._y_range):
            y = self.y(value)
            parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
            parts.append(f'<text class="end" x="{_LEFT - 5}" y="{y + 4:.1f}">{value:g}</text>')
        floor = HEIGHT - _BOTTOM
        for value in ticks(*self._x_range):
            place = f'x="{self.x(value):.1f}" y="{floor + 15}"'
            parts.append(f'<text class="mid" {place}>{value:g}</text>')
        parts.append(f'<path class="axis" d="M{_LEFT} {floor}H{WIDTH - _RIGHT}"/>')
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        parts.append(
            f'<text class="mid" x="{middle}" y="{HEIGHT - 5}">{html.escape(x_label)}</text>'
        )
        at = f'x="12" y="{(_TOP + floor) / 2}" transform="rotate(-90 12 {(_TOP + floor) / 2})"'
        parts.append(f'<text class="mid" {at}>{html.escape(y_label)}</text>')
        return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """About four round numbers between two values."""
    step = 10 ** math.floor(math.log10((high - low) / 2.5))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (m * step) <= 5)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [round((first + k) * step, 12) for k in range(count)]


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Smallest and largest value, apart even if they are equal."""
    low, high = min(values), max(values)
    if high - low <= 1e-9 * max(1.0, abs(high)):
        margin = 0.05 * max(1.0, abs(high))
        return low - margin, high + margin
    return low, high


def _svg(label: str, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(label)}">'
    return head + "".join(parts) + "</svg>"
