"""What happens in an episode, written into its picture."""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from robo_ddpg.recording.recording import Recording
from robo_ddpg.rendering.renderer import Frame

Colour = tuple[int, int, int]
_Bar = tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]], Colour]
"""Label, value before the first step and after each, colour."""

_TEXT: Colour = (235, 238, 242)
_FAINT: Colour = (168, 176, 186)
_GROOVE: Colour = (74, 81, 92)
_SUCCESS: Colour = (126, 217, 150)
_FAILURE: Colour = (242, 132, 120)
_TERM: Colour = (98, 176, 230)
_REQUESTED: Colour = (240, 186, 92)
_APPLIED: Colour = (126, 217, 150)
_SHADE = 0.45
"""Share of the picture's brightness that is left under text."""
_SMALLEST_WITH_PANEL = (280, 200)
"""Width and height below which there is no room for bars [pixel]."""
_MOST_OF_HEIGHT = 0.42
"""Share of the picture's height that the panel may take; what matters least is left out."""
_EFFORTS = {"requested": _REQUESTED, "applied": _APPLIED}
"""Beginnings of the names of `Drive.efforts`."""


class Overlay:
    """Writes title, time, return, and success into frames, and what explains them.

    A panel shows each reward term as a bar, the motion the policy asked for beside what the safety
    filter let through, why it altered the action, and the task's own quantities.

    Args:
        recording: the episode.
        title: of the episode.
        width: of the frames [pixel].
        height: of the frames [pixel].
        speed: of the playback; shown where it is not 1.
    """

    def __init__(
        self, recording: Recording, title: str, width: int, height: int, speed: float
    ) -> None:
        self._recording = recording
        self._returns = np.concatenate([[0.0], np.cumsum(recording.rewards)])
        self._success = np.concatenate([[False], recording.success])
        self._title = title if speed == 1 else f"{title}  ×{speed:g}"  # noqa: RUF001
        self._width = width
        size = max(9, min(width // 36, height // 27))
        self._font = _font(size)
        self._margin = size
        self._bar = min(height, round(1.9 * size))
        room = width >= _SMALLEST_WITH_PANEL[0] and height >= _SMALLEST_WITH_PANEL[1]
        most = round(_MOST_OF_HEIGHT * height)
        self._panel = _Panel(recording, max(8, round(0.72 * size)), most) if room else None

    def draw(self, frame: Frame, index: int) -> Frame:
        """Return a copy of the frame with the state of the episode at that frame.

        Args:
            frame: shape (height, width, 3).
            index: the frame's row in the recording's `states`.
        """
        seconds = index / self._recording.frames_per_second
        step = min(round(seconds * self._recording.control_hz), len(self._returns) - 1)
        labelled = frame.copy()
        self._draw_foot(labelled, seconds, step)
        if self._panel:
            self._panel.draw(labelled, step, self._margin // 2)
        return labelled

    def _draw_foot(self, frame: Frame, seconds: float, step: int) -> None:
        bar = _shaded(frame[-self._bar :])
        pen = ImageDraw.Draw(bar)
        middle = self._bar // 2
        last = step == len(self._returns) - 1
        mark, colour = ("✗ not solved", _FAILURE) if last else ("", _TEXT)
        if self._success[step]:
            mark, colour = "✓ success", _SUCCESS
        columns = [
            (self._margin, self._title, _TEXT, "lm"),
            (round(0.56 * self._width), f"{seconds:.2f} s", _TEXT, "rm"),
            (round(0.60 * self._width), f"return {self._returns[step]:.1f}", _TEXT, "lm"),
            (self._width - self._margin, mark, colour, "rm"),
        ]
        for x, text, fill, anchor in columns:
            pen.text((x, middle), text, fill, self._font, anchor=anchor)
        frame[-self._bar :] = np.asarray(bar)


class _Panel:
    """Bars and words in the upper left corner.

    Args:
        recording: the episode.
        size: of the font [pixel].
        most: height that may be covered [pixel].
    """

    def __init__(self, recording: Recording, size: int, most: int) -> None:
        self._font = _font(size)
        self._row = round(1.5 * size)
        self._pad = round(0.8 * size)
        self._safety = list(recording.safety.items())
        self._bars = [
            (_words(name), _starting_at_zero(values), _TERM)
            for name, values in recording.reward_terms.items()
        ]
        self._facts = [
            (name, values)
            for name, values in recording.metrics.items()
            if name.split("_")[0] not in _EFFORTS
        ]
        self._choose((most - self._pad) // self._row, _effort_bars(recording))
        labels = [label for label, _, _ in self._bars]
        self._label_width = max((round(self._font.getlength(text)) for text in labels), default=0)
        widest = [self._font.getlength(text) for text in self._sentences()]
        inner = max([self._label_width + self._pad + 5 * size, *map(round, widest)])
        self._bar_width = inner - self._label_width - self._pad
        self._width = inner + 2 * self._pad

    def _choose(self, rows: int, speeds: list[_Bar]) -> None:
        """Fill the rows: safety, the first fact, reward terms, speeds, the other facts."""
        rows -= bool(self._safety)
        first, others = self._facts[:1], self._facts[1:]
        rows -= len(first)
        self._bars = self._bars[: max(0, rows)]
        rows -= len(self._bars)
        if len(speeds) <= rows:
            self._bars += speeds
            rows -= len(speeds)
        self._facts = first + others[: max(0, rows)]
        self._rows = len(self._bars) + len(self._facts) + bool(self._safety)

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
        image = _shaded(area)
        pen = ImageDraw.Draw(image)
        y = (self._pad + self._row) // 2
        for label, values, colour in self._bars:
            self._draw_bar(pen, y, label, float(values[step]), colour)
            y += self._row
        for text, colour in self._words_at(step):
            pen.text((self._pad, y), text, colour, self._font, anchor="lm")
            y += self._row
        area[:] = np.asarray(image)

    def _draw_bar(
        self, pen: ImageDraw.ImageDraw, y: int, label: str, value: float, colour: Colour
    ) -> None:
        pen.text((self._pad, y), label, _TEXT, self._font, anchor="lm")
        left = self._pad + self._label_width + self._pad
        half = self._row // 5
        box = (left, y - half, left + self._bar_width, y + half)
        pen.rounded_rectangle(box, half, _GROOVE)
        length = round(min(max(value, 0.0), 1.0) * self._bar_width)
        if length > 2 * half:
            pen.rounded_rectangle((left, y - half, left + length, y + half), half, colour)

    def _words_at(self, step: int) -> list[tuple[str, Colour]]:
        lines = [
            (_quantity(name, float(values[step - 1])) if step else _words(name), _TEXT)
            for name, values in self._facts
        ]
        if self._safety:
            altered = [name for name, sizes in self._safety if step and sizes[step - 1] > 0]
            text = _limited(altered[0]) if altered else "not limited"
            if len(altered) > 1:
                text += f" +{len(altered) - 1}"
            lines.append((text, _REQUESTED if altered else _FAINT))
        return lines

    def _sentences(self) -> Sequence[str]:
        """The longest that may have to fit."""
        facts = [_quantity(name, -0.8888) for name, _ in self._facts]
        return [*facts, *(f"{_limited(name)} +2" for name, _ in self._safety)]


def _effort_bars(recording: Recording) -> list[_Bar]:
    """The requested and the applied motion, as shares of the most."""
    efforts = {
        label: _starting_at_zero(values)
        for label in _EFFORTS
        for name, values in recording.metrics.items()
        if name.split("_")[0] == label
    }
    most = max((float(values.max()) for values in efforts.values()), default=0.0)
    if not most > 0:
        return []
    return [(label, values / most, _EFFORTS[label]) for label, values in efforts.items()]


def _starting_at_zero(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.concatenate([[0.0], values])


def _words(name: str) -> str:
    """A name without its unit, in words."""
    return re.sub(r"_(m|rad|n|s)(_s\d?)?$", "", name).replace("_", " ")


def _limited(reason: str) -> str:
    """What the safety filter did; that it acts on joints goes without saying."""
    return f"limited: {_words(reason).removeprefix('joint ')}"


def _shaded(area: Frame) -> Image.Image:
    """A darker copy, to write on."""
    return Image.fromarray(area).point([round(_SHADE * i) for i in range(256)] * 3)


def _quantity(name: str, value: float) -> str:
    """A quantity with its unit; lengths in centimetres."""
    if name.endswith("_m"):
        return f"{_words(name)} {100 * value:.1f} cm"
    unit = name.removeprefix(name.rsplit("_", 1)[0] + "_") if "_" in name else ""
    return f"{_words(name)} {value:.3g} {unit if _words(name) != name.replace('_', ' ') else ''}"


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    file = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
