"""A film of what is live: states are kept meanwhile, and rendered after the last one."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.errors import RoboDDPGError, in_one_line
from robo_ddpg.recording.film.video_file import write_video
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from robo_ddpg.viewer.camera import home_camera
from tasks.arrays import Array

SIZE = (640, 480)
"""Of the picture [pixel]."""
FRAMES_PER_SECOND = 30.0
"""At most [1/s]: each is rendered while the robot goes on."""
MOST_S = 120.0
"""A film ends by itself after this [s]."""

_ALL = mujoco.mjtState.mjSTATE_INTEGRATION


class LiveFilm:
    """One film at a time, of at most one episode."""

    def __init__(self, name: str, frame_s: float) -> None:
        """Film nothing yet.

        Args:
            name: what files are called after, without a folder.
            frame_s: simulated time between states [s].
        """
        self._name = "".join(letter if letter.isalnum() else "-" for letter in name)
        self._stride = max(1, int(np.ceil(1.0 / (frame_s * FRAMES_PER_SECOND) - 1e-6)))
        self._rate = 1.0 / (frame_s * self._stride)
        self._folder = tempfile.TemporaryDirectory(prefix="robo-ddpg-", ignore_cleanup_errors=True)
        self._states: list[Array] | None = None
        self._skipped = 0
        self._count = 0
        self.status: dict[str, Any] = {"state": "none"}
        """`state` is none, filming, writing, ready, or failed; `seconds`, `share`, `file` and `why`
        tell more of it."""

    def start(self, model: mujoco.MjModel) -> None:
        """Keep states from now on, unless a film is being made."""
        if self.status["state"] not in ("filming", "writing"):
            self._states, self._skipped = [], 0
            self._say("filming", seconds=0.0)

    def take(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        """Keep a state, if somebody films."""
        if self._states is None:
            return
        if self._skipped % self._stride == 0:
            state = np.empty(mujoco.mj_stateSize(model, _ALL))
            mujoco.mj_getState(model, data, state, _ALL)
            self._states.append(state)
            self._say("filming", seconds=len(self._states) / self._rate)
        self._skipped += 1
        if len(self._states) >= MOST_S * self._rate:
            self.stop(model)

    def stop(self, model: mujoco.MjModel) -> None:
        """Write what was kept, if anything, in a thread.

        Args:
            model: of those states.
        """
        states, self._states = self._states, None
        if states is not None:
            self._say("writing", share=0.0)
            threading.Thread(target=self._write, args=(model, states), daemon=True).start()

    def read(self, name: str) -> bytes | None:
        """A file that was written, by its name; None: there is none."""
        written = {path.name: path for path in Path(self._folder.name).glob("*.mp4")}
        return written[name].read_bytes() if name in written and ".part." not in name else None

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _write(self, model: mujoco.MjModel, states: list[Array]) -> None:
        self._count += 1
        name = f"{self._name}-{self._count}.mp4"
        try:
            images = self._counted(_images(model, states), len(states))
            film = write_video(Path(self._folder.name) / name, images, self._rate)
        except (RoboDDPGError, OSError) as error:
            self._say("failed", why=in_one_line(error))
        else:
            self._say("ready", file=name, seconds=film.seconds)

    def _counted(self, images: Iterator[Frame], count: int) -> Iterator[Frame]:
        for done, image in enumerate(images):
            self._say("writing", share=done / count)
            yield image

    def _say(self, state: str, **more: Any) -> None:
        self.status = {"state": state, **more}


def _images(model: mujoco.MjModel, states: list[Array]) -> Iterator[Frame]:
    data = mujoco.MjData(model)
    with FrameRenderer(model, *SIZE, camera=home_camera(model)) as renderer:
        for state in states:
            mujoco.mj_setState(model, data, state, _ALL)
            mujoco.mj_forward(model, data)
            yield renderer.render(data)
