"""What happens in an episode, written beside its picture."""

import numpy as np

from robo_ddpg.recording.film.panel import Panel
from robo_ddpg.recording.film.rows import rows_of
from robo_ddpg.recording.film.scene import Moment, Scene
from robo_ddpg.rendering.lettering import beside, inverted
from robo_ddpg.rendering.renderer import Frame


class Overlay:
    """A panel with title, time, return and outcome, and what explains them.

    It stands at the right of the picture and covers nothing of it: what the robot is asked to do,
    the task's own quantities, what the safety filter altered, the terms of the reward, and the
    motion requested beside what was applied of it. What matters least is left out where there is no
    room for it.

    Args:
        scene: the episode.
        height: of its picture [pixel].
        speed: of the playback; shown where it is not 1.
        white: whether it is written on white.
    """

    def __init__(self, scene: Scene, height: int, speed: float, *, white: bool = False) -> None:
        self._panel = Panel(rows_of(scene, speed), height)
        self._white = white

    def draw(self, frame: Frame, moment: Moment) -> Frame:
        """The picture with the panel beside it.

        Args:
            frame: shape (height, width, 3 or 4).
            moment: where the episode is in it.
        """
        panel = self._panel.draw(moment)
        return np.hstack([frame, beside(inverted(panel) if self._white else panel, frame)])
