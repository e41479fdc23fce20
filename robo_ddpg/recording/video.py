"""Recordings -> a video: their states are rendered, nothing is simulated again."""

import dataclasses
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.errors import VideoError
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.video_file import VideoInfo
from robo_ddpg.recording.film.writing import Look, Watcher, write_film
from robo_ddpg.recording.recording import Recording
from robo_ddpg.rendering import gl
from robo_ddpg.rendering.renderer import Frame, FrameRenderer


def render_recordings(
    recordings: Sequence[Recording],
    model: mujoco.MjModel,
    path: str | os.PathLike[str],
    *,
    camera: str | int | Sequence[str] | None = "front",
    titles: Sequence[str] | None = None,
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
        watcher: follows it.
        **look: as `Look` takes it; width and height are those of one camera's picture.

    Returns:
        What was written.

    Raises:
        VideoError: as `write_video`.
        RecordingError: if a recording was made with another model.
        RenderingError: if nothing can be rendered, or the camera is unknown.
    """
    if len({recording.frames_per_second for recording in recordings}) != 1:
        raise VideoError("Give at least one recording, and only ones with the same frame rate.")
    cameras = [camera] if camera is None or isinstance(camera, str | int) else list(camera)
    names = titles or [f"Episode {i}, seed {r.seed}" for i, r in enumerate(recordings, start=1)]
    single = Look(**look)
    with FrameRenderer(model, single.width, single.height, cameras[0]) as renderer:
        views = [renderer.camera(name) for name in cameras]
        scenes = [
            RecordedScene(title, recording, model, renderer, views)
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
    model: mujoco.MjModel
    renderer: FrameRenderer
    views: Sequence[int]

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        """About every `stride`-th state and always the last."""
        moments = moments_of(self.told)
        count = len(moments)
        chosen = {int(index) for index in np.arange(0, count, stride)} | {count - 1}
        for index, data in enumerate(self.told.iterate_data(self.model)):
            if index in chosen:
                images = [self.renderer.render(data, view) for view in self.views]
                image = images[0] if len(images) == 1 else np.hstack(images)
                yield image, moments[index]


def moments_of(recording: Recording) -> list[Moment]:
    """Where the episode is in each of its states."""
    returns = np.concatenate([[0.0], np.cumsum(recording.rewards)])
    rewards = np.concatenate([[0.0], recording.rewards])
    success = np.concatenate([[False], recording.success])
    end = len(recording.rewards)
    moments = []
    for index in range(len(recording.states)):
        seconds = index / recording.frames_per_second
        step = min(round(seconds * recording.control_hz), end)
        told = float(rewards[step]), float(returns[step]), bool(success[step])
        moments.append(Moment(step, seconds, *told, last=step == end))
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
