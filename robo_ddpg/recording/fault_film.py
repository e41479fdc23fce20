"""What a simulation did before it failed, in pictures."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from PIL import ImageDraw

from robo_ddpg.recording.drawn import Story
from robo_ddpg.recording.fault_dump import FaultDump
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.film.writing import Look, write_film
from robo_ddpg.rendering.lettering import AMBER, RED, TEXT, Colour, font, shaded
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from robo_ddpg.runs.charts import line_charts, save_png
from robo_ddpg.runs.lines import Line

FRAMES_PER_SECOND = 8.0
"""Slow enough to see each step; the one that failed is shown in its physics steps [1/s]."""
HELD = 12
"""Frames for which the end stays."""
MOST_CHARTS = 12


def film_fault(
    dump: FaultDump, model: mujoco.MjModel, path: Path, look: Look, camera: str | None
) -> Path:
    """Film the steps before a fault, and the physics steps of the one that failed.

    Args:
        dump: what happened.
        model: `FaultDump.model`.
        path: the .mp4 or .gif to write.
        look: its size and speed.
        camera: from where it is seen.

    Raises:
        RecordingError: the dump is of another model.
        RenderingError: nothing can be rendered, or there is no such camera.
        VideoError: the film cannot be written.
    """
    with FrameRenderer(model, look.width, look.height, camera) as renderer:
        scene = FaultScene(dump, mujoco.MjData(model), renderer)
        return write_film([scene], path, FRAMES_PER_SECOND, look, about=dump.task).path


@dataclass(frozen=True)
class FaultScene:
    """The steps of a dump, with what happened written below."""

    dump: FaultDump
    data: mujoco.MjData
    renderer: FrameRenderer
    title = ""
    told = Story()
    words = Wording()
    seconds = None

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        """Every state that can be shown."""
        bare = np.zeros((self.renderer.height, self.renderer.width, 3), np.uint8)
        for number, (text, colour) in enumerate(self._states()):
            mujoco.mj_fwdPosition(self.data.model, self.data)
            if not np.isfinite(self.data.xpos).all():
                break
            bare = self.renderer.render(self.data)
            yield captioned(bare, [text], colour), Moment(number)
        letters = max(1, int(1.7 * bare.shape[1] / _size(bare)))
        end = captioned(bare, textwrap.wrap(self.dump.fault, letters), RED)
        yield from [(end, Moment())] * HELD

    def _states(self) -> Iterator[tuple[str, Colour]]:
        """Go through the states; what to write, and how."""
        last = len(self.dump.actions) - 1
        for k, _ in enumerate(self.dump.before_each_step(self.data)):
            yield f"{self.data.time:.3f} s, {last - k} steps before the fault", TEXT
        for k, _ in enumerate(self.dump.again(self.data), 1):
            yield f"{self.data.time:.4f} s, physics step {k} of the step that failed", AMBER


def captioned(image: Frame, lines: Sequence[str], colour: Colour) -> Frame:
    """A copy with lines at its foot."""
    size = _size(image)
    height = min(len(image), round((len(lines) + 0.6) * 1.4 * size))
    labelled = image.copy()
    bar = shaded(labelled[len(image) - height :])
    pen = ImageDraw.Draw(bar)
    for k, line in enumerate(lines):
        pen.text((size, round((0.3 + k) * 1.4 * size)), line, colour, font(size))
    labelled[len(image) - height :] = np.asarray(bar)
    return labelled


def _size(image: Frame) -> int:
    """Of the letters [pixel]."""
    return int(max(9, image.shape[1] // 40))


def chart_fault(dump: FaultDump, path: Path) -> Path:
    """Draw what was seen and done before a fault, where nobody can look into the physics.

    Raises:
        OutputDirectoryError: it cannot be written.
    """
    columns = [("observation", dump.observations), ("action", dump.actions)]
    lines = [
        _line(f"{name} {k}", values) for name, array in columns for k, values in enumerate(array.T)
    ]
    save_png(line_charts(lines[:MOST_CHARTS], dump.fault), path)
    return path


def _line(title: str, values: Any) -> Line:
    steps = range(1 - len(values), 1)
    return Line(title, "steps from the fault", "", list(steps), [float(x) for x in values])
