"""The corner of the picture that explains it: reward terms, motion, interventions, quantities."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from robo_ddpg.recording.film.lettering import AMBER, BLUE, FAINT, GREEN, TEXT, Colour, font, shaded
from robo_ddpg.recording.film.scene import Told
from robo_ddpg.rendering.renderer import Frame
from robo_ddpg.runs.quantities import words_and_unit
from tasks.arrays import Array

_GROOVE: Colour = (74, 81, 92)
_EFFORTS = {"requested": AMBER, "applied": GREEN}
"""Beginnings of the names of `Drive.efforts`."""


@dataclass(frozen=True)
class _Bar:
    label: str
    values: Array
    """Before the first step and after each, (steps + 1,); a full bar is 1."""
    colour: Colour


class Panel:
    """Bars and words in the upper left corner.

    Args:
        told: what is known of the episode.
        size: of the font [pixel].
        most: height that may be covered [pixel].
    """

    def __init__(self, told: Told, size: int, most: int) -> None:
        self._font = font(size)
        self._row = round(1.5 * size)
        self._pad = round(0.8 * size)
        self._safety = told.safety
        self._quantities = {
            name: values for name, values in told.metrics.items() if not _effort(name)
        }
        self._bars = [
            _Bar(words_and_unit(name)[0], _from_zero(values), BLUE)
            for name, values in told.reward_terms.items()
        ]
        self._fill((most - self._pad) // self._row, _effort_bars(told))
        labels = [self._font.getlength(bar.label) for bar in self._bars]
        self._label_width = max(map(round, labels), default=0)
        longest = [self._font.getlength(text) for text in self._longest_texts()]
        inner = max([self._label_width + self._pad + 5 * size, *map(round, longest)])
        self._bar_width = inner - self._label_width - self._pad
        self._width = inner + 2 * self._pad

    def _fill(self, rows: int, efforts: list[_Bar]) -> None:
        """Fill the rows: safety, the first quantity, reward terms, efforts, other quantities."""
        names = list(self._quantities)
        rows -= bool(self._safety) + bool(names)
        self._bars = self._bars[: max(0, rows)]
        rows -= len(self._bars)
        if len(efforts) <= rows:
            self._bars += efforts
            rows -= len(efforts)
        self._quantities = {name: self._quantities[name] for name in names[: 1 + max(0, rows)]}
        self._rows = len(self._bars) + len(self._quantities) + bool(self._safety)

    def draw(self, frame: Frame, step: int, margin: int) -> None:
        """Draw into the frame.

        Args:
            frame: is changed.
            step: control steps done.
            margin: distance from the picture's edges [pixel].
        """
        if not self._rows:
            return
        height = self._rows * self._row + self._pad
        area = frame[margin : margin + height, margin : margin + self._width]
        image = shaded(area)
        pen = ImageDraw.Draw(image)
        y = (self._pad + self._row) // 2
        for bar in self._bars:
            self._draw_bar(pen, y, bar, step)
            y += self._row
        for text, colour in self._texts(step):
            pen.text((self._pad, y), text, colour, self._font, anchor="lm")
            y += self._row
        area[:] = np.asarray(image)

    def _draw_bar(self, pen: ImageDraw.ImageDraw, y: int, bar: _Bar, step: int) -> None:
        pen.text((self._pad, y), bar.label, TEXT, self._font, anchor="lm")
        left = self._pad + self._label_width + self._pad
        half = self._row // 5
        box = (left, y - half, left + self._bar_width, y + half)
        pen.rounded_rectangle(box, half, _GROOVE)
        length = round(min(max(float(bar.values[step]), 0.0), 1.0) * self._bar_width)
        if length > 2 * half:
            pen.rounded_rectangle((left, y - half, left + length, y + half), half, bar.colour)

    def _texts(self, step: int) -> Iterator[tuple[str, Colour]]:
        for name, values in self._quantities.items():
            yield _reading(name, float(values[step - 1]) if step else None), TEXT
        if self._safety:
            altered = [name for name, sizes in self._safety.items() if step and sizes[step - 1] > 0]
            text = _limited(altered[0]) if altered else "not limited"
            more = f" +{len(altered) - 1}" if len(altered) > 1 else ""
            yield text + more, AMBER if altered else FAINT

    def _longest_texts(self) -> Iterator[str]:
        """What may have to fit."""
        for name in self._quantities:
            yield _reading(name, -0.8888 if words_and_unit(name)[1] else -8888.0)
        for name in self._safety:
            yield f"{_limited(name)} +2"


def _effort(name: str) -> str:
    """Which effort a metric says; empty if none."""
    return next((effort for effort in _EFFORTS if name.startswith(f"{effort}_")), "")


def _effort_bars(told: Told) -> list[_Bar]:
    """The requested and the applied motion, as shares of the most."""
    efforts = {_effort(name): _from_zero(values) for name, values in told.metrics.items()}
    shown = {name: efforts[name] for name in _EFFORTS if name in efforts}
    most = max((float(values.max()) for values in shown.values()), default=0.0)
    if not most > 0:
        return []
    return [_Bar(name, values / most, _EFFORTS[name]) for name, values in shown.items()]


def _from_zero(values: Array) -> Array:
    return np.concatenate([[0.0], values])


def _reading(name: str, value: float | None) -> str:
    """A quantity with its value and unit, lengths in centimetres; the words alone if unknown."""
    words, unit = words_and_unit(name)
    if value is None:
        return words
    if unit == "m":
        return f"{words} {100 * value:.1f} cm"
    return f"{words} {value:.3g} {unit}".rstrip()


def _limited(reason: str) -> str:
    """What the safety filter did; that it acts on joints goes without saying."""
    return f"limited: {reason.replace('_', ' ').removeprefix('joint ')}"
