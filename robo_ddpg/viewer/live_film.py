"""A film of what is live: moments are kept meanwhile, and drawn after the last one."""

import io
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from PIL import Image

from robo_ddpg.errors import RoboDDPGError, in_one_line
from robo_ddpg.recording.film.video_file import write_video
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from robo_ddpg.viewer.camera import home_camera
from tasks.arrays import Array

SIZE = (640, 480)
"""Of the picture [pixel]."""
FRAMES_PER_SECOND = 30.0
"""At most [1/s]: each is drawn while the robot goes on."""
MOST_S = 120.0
"""A film ends by itself after this [s]."""

_ALL = mujoco.mjtState.mjSTATE_INTEGRATION


class LiveFilm:
    """One film at a time, of at most one episode."""

    def __init__(
        self, name: str, frame_s: float, images: Callable[[list[Any]], Iterator[Frame]]
    ) -> None:
        """Film nothing yet.

        Args:
            name: what files are called after, without a folder.
            frame_s: simulated time between moments [s].
            images: draws the moments that were kept; called in a thread of its own.
        """
        self._images = images
        self._name = "".join(letter if letter.isalnum() else "-" for letter in name)
        self._stride = max(1, int(np.ceil(1.0 / (frame_s * FRAMES_PER_SECOND) - 1e-6)))
        self._rate = 1.0 / (frame_s * self._stride)
        self._folder = tempfile.TemporaryDirectory(prefix="robo-ddpg-", ignore_cleanup_errors=True)
        self._kept: list[Any] | None = None
        self._passed = 0
        self._count = 0
        self.status: dict[str, Any] = {"state": "none"}
        """`state` is none, filming, writing, ready, or failed; `seconds`, `share`, `file` and `why`
        tell more of it."""

    def start(self) -> None:
        """Keep moments from now on, unless a film is being made."""
        if self.status["state"] not in ("filming", "writing"):
            self._kept, self._passed = [], 0
            self._say("filming", seconds=0.0)

    def take(self, moment: Callable[[], Any]) -> None:
        """Keep a moment, if somebody films and a frame is due; at the end the film stops."""
        if self._kept is None or len(self._kept) >= MOST_S * self._rate:
            self.stop()
            return
        if self._passed % self._stride == 0:
            self._kept.append(moment())
            self._say("filming", seconds=len(self._kept) / self._rate)
        self._passed += 1

    def stop(self) -> None:
        """Write what was kept, if anything, in a thread."""
        kept, self._kept = self._kept, None
        if kept is not None:
            self._say("writing", share=0.0)
            threading.Thread(target=self._write, args=(kept,), daemon=True).start()

    def read(self, name: str) -> bytes | None:
        """A file that was written, by its name; None: there is none."""
        written = {path.name: path for path in Path(self._folder.name).glob("*.mp4")}
        return written[name].read_bytes() if name in written and ".part." not in name else None

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _write(self, kept: list[Any]) -> None:
        self._count += 1
        name = f"{self._name}-{self._count}.mp4"
        try:
            images = self._counted(self._images(kept), len(kept))
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


def states_shown(kept: list[tuple[mujoco.MjModel, Array]]) -> Iterator[Frame]:
    """Images of states of one model, as `state_of` gives them, from the scene's own camera."""
    model = kept[0][0]
    data = mujoco.MjData(model)
    with FrameRenderer(model, *SIZE, camera=home_camera(model)) as renderer:
        for _, state in kept:
            mujoco.mj_setState(model, data, state, _ALL)
            mujoco.mj_forward(model, data)
            yield renderer.render(data)


def state_of(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[mujoco.MjModel, Array]:
    """A state with all that moves, goals too."""
    state = np.empty(mujoco.mj_stateSize(model, _ALL))
    mujoco.mj_getState(model, data, state, _ALL)
    return model, state


def jpegs_shown(kept: list[bytes]) -> Iterator[Frame]:
    """Images of JPEG files, less a row or column where their number is odd, as films need it."""
    for jpeg in kept:
        image = np.asarray(Image.open(io.BytesIO(jpeg)))
        yield image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
