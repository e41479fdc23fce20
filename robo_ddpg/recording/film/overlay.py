"""What happens in an episode, written into its picture."""

import numpy as np
from PIL import ImageDraw

from robo_ddpg.recording.film.lettering import AMBER, GREEN, RED, TEXT, Colour, font, shaded
from robo_ddpg.recording.film.panel import Panel
from robo_ddpg.recording.film.scene import Moment, Told
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
        told: what is known of the episode.
        title: of the episode.
        width: of the frames [pixel].
        height: of the frames [pixel].
        speed: of the playback; shown where it is not 1.
    """

    def __init__(self, told: Told, title: str, width: int, height: int, speed: float) -> None:
        self._title = title if speed == 1 else f"{title}  ×{speed:g}"  # noqa: RUF001
        self._width = width
        size = max(9, min(width // 36, height // 27))
        self._font = font(size)
        self._margin = size
        self._bar = min(height, round(1.9 * size))
        room = width >= _SMALLEST_WITH_PANEL[0] and height >= _SMALLEST_WITH_PANEL[1]
        most = round(_MOST_OF_HEIGHT * height)
        self._panel = Panel(told, max(8, round(0.72 * size)), most) if room else None

    def draw(self, frame: Frame, moment: Moment) -> Frame:
        """Return a copy of the frame with the state of the episode at that frame.

        Args:
            frame: shape (height, width, 3).
            moment: where the episode is in it.
        """
        labelled = frame.copy()
        self._draw_foot(labelled, moment)
        if self._panel:
            self._panel.draw(labelled, moment.step, self._margin // 2)
        return labelled

    def _draw_foot(self, frame: Frame, moment: Moment) -> None:
        bar = shaded(frame[-self._bar :])
        pen = ImageDraw.Draw(bar)
        middle = self._bar // 2
        mark, colour = outcome(moment)
        columns = [
            (self._margin, self._title, TEXT, "lm"),
            (round(0.56 * self._width), f"{moment.seconds:.2f} s", TEXT, "rm"),
            (round(0.60 * self._width), f"return {moment.total:.1f}", TEXT, "lm"),
            (self._width - self._margin, mark, colour, "rm"),
        ]
        for x, text, fill, anchor in columns:
            pen.text((x, middle), text, fill, self._font, anchor=anchor)
        frame[-self._bar :] = np.asarray(bar)


def outcome(moment: Moment) -> tuple[str, Colour]:
    """How an episode stands, in words; where success is not reported, whether it ended early."""
    if moment.success:
        return "✓ success", GREEN
    if moment.last and moment.success is not None:
        return "✗ not solved", RED
    return ("terminated", AMBER) if moment.terminated else ("", TEXT)
