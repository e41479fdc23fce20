"""Rows of words and bars, drawn beside a picture."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from robo_ddpg.recording.film.rows import Row
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.rendering.lettering import GROOVE, PAPER, TEXT, font, shortened
from robo_ddpg.rendering.renderer import Frame

_SMALLEST, _ROWS = 9, 25
"""Of the letters [pixel], and how many rows there are where they are larger."""
_LETTERS = 28
"""Width of the panel, in widths of a letter."""


class Panel:
    """As many rows as fit below each other.

    Args:
        rows: what there is to say.
        height: of the panel [pixel].
    """

    def __init__(self, rows: Sequence[Row], height: int) -> None:
        size = max(_SMALLEST, round(height / (1.5 * _ROWS)))
        self._font = font(size)
        self._row, self._pad = round(1.45 * size), round(0.7 * size)
        self._height = height
        room = max(1, (height - self._pad) // self._row)
        kept = sorted(range(len(rows)), key=lambda place: (rows[place].rank, place))[:room]
        self._rows = [rows[place] for place in sorted(kept)]
        self.width = 2 * round(_LETTERS * self._font.getlength("n") / 2)

    def draw(self, moment: Moment) -> Frame:
        """An image of shape (height, width, 3)."""
        image = Image.new("RGB", (self.width, self._height), PAPER)
        pen = ImageDraw.Draw(image)
        y = (self._pad + self._row) // 2
        for row in self._rows:
            if row.bar is None:
                self._write(pen, y, row, moment)
            else:
                self._draw_bar(pen, y, row, row.bar(moment))
            y += self._row
        return np.asarray(image)

    def _write(self, pen: ImageDraw.ImageDraw, y: int, row: Row, moment: Moment) -> None:
        """The label at the left; the value at the right, or at the left where it stands alone."""
        inner = self.width - 2 * self._pad
        value, colour = row.value(moment)
        value = shortened(value, self._font, inner)
        left = inner - self._font.getlength(value) - (self._pad if value else 0)
        label = shortened(row.label, self._font, left)
        pen.text((self._pad, y), label, row.colour, self._font, anchor="lm")
        x, anchor = (self.width - self._pad, "rm") if row.label else (self._pad, "lm")
        pen.text((x, y), value, colour, self._font, anchor=anchor)

    def _draw_bar(self, pen: ImageDraw.ImageDraw, y: int, row: Row, share: float) -> None:
        middle, half = round(0.62 * self.width), self._row // 5
        label = shortened(row.label, self._font, middle - 1.5 * self._pad)
        pen.text((self._pad, y), label, TEXT, self._font, anchor="lm")
        right = self.width - self._pad
        pen.rounded_rectangle((middle, y - half, right, y + half), half, GROOVE)
        length = round(min(max(share, 0.0), 1.0) * (right - middle))
        if length > 2 * half:
            pen.rounded_rectangle((middle, y - half, middle + length, y + half), half, row.colour)
