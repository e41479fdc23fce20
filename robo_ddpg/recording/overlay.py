"""What happens in an episode, written into its picture."""

import numpy as np
from PIL import ImageDraw

from robo_ddpg.recording.lettering import GREEN, RED, TEXT, font, shaded
from robo_ddpg.recording.panel import Panel
from robo_ddpg.recording.recording import Recording
from robo_ddpg.rendering.renderer import Frame

_SMALLEST_WITH_PANEL = (280, 200)
"""Width and height below which there is no room for bars [pixel]."""
_MOST_OF_HEIGHT = 0.42
"""Share of the picture's height that the panel may take; what matters least is left out."""


class Overlay:
    """Writes title, time, return, and success into frames, and what explains them.

    A panel shows each reward term as a bar, the motion the policy requested beside what the safety
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
        self._font = font(size)
        self._margin = size
        self._bar = min(height, round(1.9 * size))
        room = width >= _SMALLEST_WITH_PANEL[0] and height >= _SMALLEST_WITH_PANEL[1]
        most = round(_MOST_OF_HEIGHT * height)
        self._panel = Panel(recording, max(8, round(0.72 * size)), most) if room else None

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
        bar = shaded(frame[-self._bar :])
        pen = ImageDraw.Draw(bar)
        middle = self._bar // 2
        last = step == len(self._returns) - 1
        mark, colour = ("✗ not solved", RED) if last else ("", TEXT)
        if self._success[step]:
            mark, colour = "✓ success", GREEN
        columns = [
            (self._margin, self._title, TEXT, "lm"),
            (round(0.56 * self._width), f"{seconds:.2f} s", TEXT, "rm"),
            (round(0.60 * self._width), f"return {self._returns[step]:.1f}", TEXT, "lm"),
            (self._width - self._margin, mark, colour, "rm"),
        ]
        for x, text, fill, anchor in columns:
            pen.text((x, middle), text, fill, self._font, anchor=anchor)
        frame[-self._bar :] = np.asarray(bar)
