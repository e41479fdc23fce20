"""Curves and bars in panels below each other, drawn twice as large and made smaller."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from robo_ddpg.rendering.lettering import FAINT, GROOVE, PAPER, TEXT, Colour, font

SCALE = 2
"""Everything is drawn so many times as large, which makes edges smooth."""


def blend(colour: Colour, share: float) -> Colour:
    """A colour over the paper, so opaque."""
    red, green, blue = (
        round(share * c + (1 - share) * p) for c, p in zip(colour, PAPER, strict=True)
    )
    return red, green, blue


class Canvas:
    """A sheet of paper with a pen."""

    def __init__(self, width: int, height: int) -> None:
        """Take an empty one of so many pixels."""
        self._image = Image.new("RGB", (SCALE * width, SCALE * height), PAPER)
        self._pen = ImageDraw.Draw(self._image)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: int = 12,
        fill: Colour = FAINT,
        anchor: str = "lm",
    ) -> None:
        """Letters; the anchor is Pillow's."""
        self._pen.text(_scaled([at])[0], text, fill, font(SCALE * size), anchor=anchor)

    def line(self, points: Sequence[tuple[float, float]], fill: Colour, width: float = 1.0) -> None:
        """A line through points."""
        if len(points) > 1:
            self._pen.line(_scaled(points), fill, round(SCALE * width), joint="curve")

    def area(self, points: Sequence[tuple[float, float]], fill: Colour) -> None:
        """A filled outline."""
        if len(points) > 2:
            self._pen.polygon(_scaled(points), fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        """A filled rectangle."""
        corners = _scaled([(left, min(top, bottom)), (right, max(top, bottom))])
        self._pen.rectangle(corners, fill)

    def image(self) -> NDArray[np.uint8]:
        """What was drawn, (height, width, 3)."""
        return np.asarray(self._image.reduce(SCALE))


def _scaled(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(SCALE * x, SCALE * y) for x, y in points]


@dataclass(frozen=True)
class Panel:
    """A part of the canvas with axes: hours to the right, a quantity upwards."""

    canvas: Canvas
    left: float
    right: float
    top: float
    bottom: float
    hours: tuple[float, float]
    """At the left and at the right edge."""
    values: tuple[float, float]
    """At the bottom and at the top."""

    def x(self, hour: float) -> float:
        """Where an hour is."""
        first, last = self.hours
        return self.left + (hour - first) / (last - first) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value is; what lies outside is put at the edge."""
        low, high = self.values
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return self.bottom - share * (self.bottom - self.top)

    def grid(self, values: Sequence[float], title: str) -> None:
        """Lines at values, their numbers, and what they are."""
        for value in values:
            y = self.y(value)
            self.canvas.line([(self.left, y), (self.right, y)], blend(GROOVE, 0.6))
            self.canvas.text((self.left - 8, y), f"{value:g}", 11, anchor="rm")
        self.canvas.text((self.left, self.top - 11), title, 12, TEXT)

    def curve(self, hours: Sequence[float], values: Sequence[float], fill: Colour) -> None:
        """A line through values."""
        points = [(self.x(h), self.y(v)) for h, v in zip(hours, values, strict=True)]
        self.canvas.line(points, fill, 2.5)

    def hill(self, hours: Sequence[float], values: Sequence[float], fill: Colour) -> None:
        """The area between values and the bottom."""
        points = [(self.x(h), self.y(v)) for h, v in zip(hours, values, strict=True)]
        if points:
            ends = [(points[-1][0], self.bottom), (points[0][0], self.bottom)]
            self.canvas.area([*points, *ends], fill)

    def bar(self, hour: float, width: float, value: float, fill: Colour) -> None:
        """From nothing to a value, for a time."""
        gap = 1.0 if self.x(width) - self.x(0) > 4 else 0.0
        left, right = self.x(hour) + gap, self.x(hour + width) - gap
        self.canvas.box(left, self.y(value), right, self.y(0.0), fill)
