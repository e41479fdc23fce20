"""A discreet line of text at the foot of an episode's picture."""

import functools
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from robo_ddpg.recording import Recording
from robo_ddpg.rendering import Frame

_TEXT = (235, 238, 242)
_SUCCESS = (126, 217, 150)
_SHADE = 0.45
"""Share of the picture's brightness that is left under the text."""


class Overlay:
    """Writes episode number, time, return so far, and a success mark into frames.

    Args:
        recording: the episode.
        number: of the episode, counted from one.
        width: of the frames [pixel].
        height: of the frames [pixel].
        speed: of the playback; shown where it is not 1.
    """

    def __init__(
        self, recording: Recording, number: int, width: int, height: int, speed: float
    ) -> None:
        self._recording = recording
        self._returns = np.concatenate([[0.0], np.cumsum(recording.rewards)])
        self._success = np.concatenate([[False], recording.success])
        self._title = f"Episode {number}" if speed == 1 else f"Episode {number}  ×{speed:g}"  # noqa: RUF001
        self._width = width
        size = max(9, min(width // 36, height // 27))
        self._font = _font(size)
        self._margin = size
        self._bar = min(height, round(1.9 * size))

    def draw(self, frame: Frame, index: int) -> Frame:
        """Return a copy of the frame with the state of the episode at that frame.

        Args:
            frame: shape (height, width, 3).
            index: the frame's row in the recording's `states`.
        """
        seconds = index / self._recording.frames_per_second
        step = min(round(seconds * self._recording.control_hz), len(self._returns) - 1)
        bar = Image.fromarray((frame[-self._bar :] * _SHADE).astype(np.uint8))
        pen = ImageDraw.Draw(bar)
        middle = self._bar // 2
        columns = [
            (self._margin, self._title),
            (round(0.36 * self._width), f"{seconds:.2f} s"),
            (round(0.54 * self._width), f"return {self._returns[step]:.1f}"),
        ]
        for x, text in columns:
            pen.text((x, middle), text, _TEXT, self._font, anchor="lm")
        if self._success[step]:
            right = self._width - self._margin
            pen.text((right, middle), "✓ success", _SUCCESS, self._font, anchor="rm")
        labelled = frame.copy()
        labelled[-self._bar :] = np.asarray(bar)
        return labelled


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    file = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size)
