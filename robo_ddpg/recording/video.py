"""Recordings -> a video: their states are rendered; only slow motion simulates for more of them."""

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from PIL import Image

from robo_ddpg.errors import VideoError
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.video_file import VideoInfo
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.film.writing import Look, Watcher, write_film
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.slow_motion import paces, times_shown
from robo_ddpg.recording.verify import in_full
from robo_ddpg.rendering import gl, marks
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from robo_ddpg.rendering.trails import Trails
from tasks.arrays import Array

INSET_SHARE = 0.28
"""Of the width and the height of a picture that one in its corner takes."""
BORDER = 2
"""Grey around it [pixel]."""


def render_recordings(
    recordings: Sequence[Recording],
    model: mujoco.MjModel,
    path: str | os.PathLike[str],
    *,
    camera: str | int | Sequence[str] | None = "front",
    titles: Sequence[str] | None = None,
    words: Wording = Wording(),  # noqa: B008 - frozen
    watcher: Watcher | None = None,
    **look: Any,
) -> VideoInfo:
    """Render episodes, one after the other or side by side, and write them as a video.

    Args:
        recordings: the episodes, all with the same frame rate.
        model: the model they were recorded with.
        path: as for `write_video`.
        camera: as for `FrameRenderer`; several are shown side by side.
        titles: of the episodes; their number and seed if not given.
        words: of the task; commands are drawn as it declares them.
        watcher: follows it.
        **look: as `Look` takes it; width and height are those of one camera's picture.

    Returns:
        What was written.

    Raises:
        VideoError: as `write_video`.
        RecordingError: if a recording was made with another model, or cannot be simulated again
            where contacts shall be slow.
        RenderingError: if nothing can be rendered, or the camera is unknown.
    """
    if len({recording.frames_per_second for recording in recordings}) != 1:
        raise VideoError("Give at least one recording, and only ones with the same frame rate.")
    cameras = [camera] if camera is None or isinstance(camera, str | int) else list(camera)
    names = titles or [f"Episode {i}, seed {r.seed}" for i, r in enumerate(recordings, start=1)]
    single = Look(**look)
    single.check_fits(path)
    if single.slow_contacts is not None:
        recordings = [in_full(recording) for recording in recordings]
    size, behind = (single.width, single.height), single.background
    with FrameRenderer(model, *size, cameras[0], background=behind) as renderer:
        views = [renderer.camera(name) for name in cameras]
        inset = None if single.inset is None else renderer.camera(single.inset)
        traced = words.traced if single.trails else ()
        slower = single.slow_contacts
        scenes = [
            RecordedScene(title, recording, words, model, renderer, views, inset, traced, slower)
            for title, recording in zip(names, recordings, strict=True)
        ]
        wide = dataclasses.replace(single, width=len(views) * single.width)
        rate = recordings[0].frames_per_second
        return write_film(scenes, path, rate, wide, about=_about(recordings), watcher=watcher)


@dataclass(frozen=True)
class RecordedScene:
    """A recording, rendered from one camera or several."""

    title: str
    told: Recording
    words: Wording
    model: mujoco.MjModel
    renderer: FrameRenderer
    views: Sequence[int]
    inset: int | None = None
    """A further camera, in the corner of the first one's picture."""
    traced: Sequence[str] = ()
    """Sites whose trails are drawn."""
    slow_contacts: float | None = None
    """Times slower that it is played where contacts begin."""

    @property
    def seconds(self) -> float:
        """How long it is [s]."""
        return self.told.seconds

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        """About every `stride`-th state and always the last; more of them where it is slow."""
        played = self._paces()
        shown = times_shown(played, stride)
        trails = Trails(self.traced)
        frames = zip(self.told.iterate_data(self.model), moments_of(self.told), strict=True)
        for index, (data, moment) in enumerate(frames):
            trails.follow(data)
            if shown[index]:
                image = self._image(data, self._draw(data, moment.step, trails))
                paced = dataclasses.replace(moment, pace=float(played[index]))
                yield from itertools.repeat((image, paced), int(shown[index]))

    def _paces(self) -> Array:
        """How fast each state is played, (frames,)."""
        if self.slow_contacts is None:
            return np.ones(len(self.told.states))
        return paces(self.told, self.model, self.slow_contacts)

    def _image(self, data: mujoco.MjData, draw: Callable[[Any], None]) -> Frame:
        """One state as all cameras see it."""
        images = [self.renderer.render(data, view, draw) for view in self.views]
        if self.inset is not None:
            images[0] = inlaid(images[0], self.renderer.render(data, self.inset, draw))
        return images[0] if len(images) == 1 else np.hstack(images)

    def _draw(self, data: mujoco.MjData, step: int, trails: Trails) -> Callable[[Any], None]:
        """What adds the commands of a step, and trails, to a scene."""
        values = {name: rows[step] for name, rows in self.told.commands.items()}

        def add(scene: Any) -> None:
            marks.draw(scene, data, self.words.commanded, values)
            trails.draw(scene, data.time)

        return add


def inlaid(picture: Frame, other: Frame) -> Frame:
    """A picture with a smaller one in its lower left corner, in a frame."""
    height, width = (max(1, round(pixels * INSET_SHARE)) for pixels in other.shape[:2])
    small = np.asarray(Image.fromarray(other).resize((width, height), Image.Resampling.LANCZOS))
    framed = np.pad(small, ((BORDER, 0), (0, BORDER), (0, 0)), constant_values=128)
    made = picture.copy()
    made[-framed.shape[0] :, : framed.shape[1]] = framed
    return made


def moments_of(recording: Recording) -> list[Moment]:
    """Where the episode is in each of its states."""
    returns = np.concatenate([[0.0], np.cumsum(recording.rewards)])
    rewards = np.concatenate([[0.0], recording.rewards])
    success = np.concatenate([[False], recording.success])
    fell = recording.terminated is not None and recording.terminated.any()
    end = len(recording.rewards)
    moments = []
    for index in range(len(recording.states)):
        seconds = index / recording.frames_per_second
        step = min(round(seconds * recording.control_hz), end)
        told = float(rewards[step]), float(returns[step]), bool(success[step])
        last = step == end
        moments.append(Moment(step, seconds, *told, terminated=bool(last and fell), last=last))
    return moments


def _about(recordings: Sequence[Recording]) -> dict[str, Any]:
    """Where a video comes from."""
    first = recordings[0]
    return {
        "task": first.task.get("name"),
        "model_hash": first.model_hash,
        "seeds": [recording.seed for recording in recordings],
        **gl.describe(),
    }
