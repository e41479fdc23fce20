"""Recordings -> frames -> a video; frames stream to the encoder one by one."""

import functools
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.errors import VideoError
from robo_ddpg.recording.encoding import PendingFrame
from robo_ddpg.recording.overlay import Overlay
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video_file import FrameCheck, VideoInfo, finished, write_pending
from robo_ddpg.rendering import gl
from robo_ddpg.rendering.renderer import Frame, FrameRenderer

MAX_FRAMES_PER_SECOND = {".mp4": 60.0, ".gif": 25.0}
"""Faster playback drops frames instead of exceeding what screens show, or GIFs are worth [1/s]."""
VERDICT_S = 0.5
"""With an overlay the end of an episode stays, so that its outcome can be read [s]."""
_GAP = 4
"""Dark pixels between pictures side by side."""


def render_recordings(
    recordings: Sequence[Recording],
    model: mujoco.MjModel,
    path: str | os.PathLike[str],
    *,
    camera: str | int | Sequence[str] | None = "front",
    width: int = 640,
    height: int = 480,
    grid: tuple[int, int] | None = None,
    speed: float = 1.0,
    overlay: bool = True,
    titles: Sequence[str] | None = None,
) -> VideoInfo:
    """Render episodes, one after the other or side by side, and write them as a video.

    Args:
        recordings: the episodes, all with the same frame rate.
        model: the model they were recorded with.
        path: as for `write_video`.
        camera: as for `FrameRenderer`; several are shown side by side.
        width: of one camera's picture [pixel].
        height: of one camera's picture [pixel].
        grid: rows and columns of episodes shown at once; shorter ones hold their last frame, and
            further episodes follow on the next page. None shows one at a time.
        speed: of the playback; 2.0 is twice as fast as reality.
        overlay: write what happens into the picture: time, return, success, reward terms, what
            the safety filter let through; and hold the last frame for a moment.
        titles: of the episodes; their number and seed if not given.

    Returns:
        What was written.

    Raises:
        VideoError: as `write_video`.
        RecordingError: if a recording was made with another model.
        RenderingError: if nothing can be rendered, or the camera is unknown.
    """
    if len({recording.frames_per_second for recording in recordings}) != 1:
        raise VideoError("Give at least one recording, and only ones with the same frame rate.")
    rows, columns = grid or (1, 1)
    if rows < 1 or columns < 1 or not speed > 0:
        raise VideoError(f"Got grid {grid}, speed {speed}: both must be positive.")
    cameras = [camera] if camera is None or isinstance(camera, str | int) else list(camera)
    names = titles or [f"Episode {i}, seed {r.seed}" for i, r in enumerate(recordings, start=1)]
    rate = recordings[0].frames_per_second * speed
    fps = min(rate, MAX_FRAMES_PER_SECOND.get(Path(path).suffix.lower(), rate))
    held = round(VERDICT_S * fps) if overlay else 0
    check = FrameCheck()
    with FrameRenderer(model, width, height, cameras[0]) as renderer:
        views = [renderer.camera(name) for name in cameras]

        def picture(title: str, recording: Recording) -> Iterator[PendingFrame]:
            label = Overlay(recording, title, width * len(views), height, speed)
            for index, frame in _rendered(recording, model, renderer, views, rate / fps):
                check.see(frame)
                yield functools.partial(label.draw, frame, index) if overlay else finished(frame)

        def pages() -> Iterator[PendingFrame]:
            pictures = [picture(*pair) for pair in zip(names, recordings, strict=True)]
            size = rows * columns
            for start in range(0, len(pictures), size):
                page = pictures[start : start + size]
                yield from _held(_side_by_side(page, rows, columns), held)
            check.verify()  # of bare pictures: the clock in the overlay always moves

        return write_pending(path, pages(), fps, about=_about(recordings))


def _rendered(
    recording: Recording,
    model: mujoco.MjModel,
    renderer: FrameRenderer,
    views: Sequence[int],
    stride: float,
) -> Iterator[tuple[int, Frame]]:
    """About every `stride`-th state and always the last, as row of `states` and image."""
    count = len(recording.states)
    chosen = {int(index) for index in np.arange(0, count, stride)} | {count - 1}
    for index, data in enumerate(recording.iterate_data(model)):
        if index in chosen:
            images = [renderer.render(data, view) for view in views]
            yield index, images[0] if len(images) == 1 else np.hstack(images)


def _about(recordings: Sequence[Recording]) -> dict[str, Any]:
    """Where a video comes from."""
    first = recordings[0]
    return {
        "task": first.task.get("name"),
        "model_hash": first.model_hash,
        "seeds": [recording.seed for recording in recordings],
        **gl.describe(),
    }


def _side_by_side(
    pictures: Sequence[Iterator[PendingFrame]], rows: int, columns: int
) -> Iterator[PendingFrame]:
    """Lay out pictures in rows until the longest has ended; the others hold their last frame."""
    current = [functools.cache(next(picture)) for picture in pictures]
    single = rows == columns == 1
    while True:
        yield current[0] if single else functools.partial(_tiled, current, rows, columns)
        following = [next(picture, None) for picture in pictures]
        if all(frame is None for frame in following):
            return
        current = [
            old if new is None else functools.cache(new)
            for old, new in zip(current, following, strict=True)
        ]


def _held(frames: Iterator[PendingFrame], times: int) -> Iterator[PendingFrame]:
    """Repeat the last one."""
    last = None
    for last in frames:
        yield last
    if last is not None:
        yield from itertools.repeat(functools.cache(last), times)


def _tiled(pending: Sequence[PendingFrame], rows: int, columns: int) -> Frame:
    """One image of shape (rows * height, columns * width, 3); cells without a frame are black."""
    frames = [finish() for finish in pending]
    height, width = frames[0].shape[:2]
    canvas = np.zeros((rows, columns, height, width, 3), np.uint8)
    for cell, frame in enumerate(frames):
        canvas[divmod(cell, columns)] = frame
    canvas[:, :-1, :, -_GAP:] = 0
    canvas[:-1, :, -_GAP:] = 0
    return canvas.swapaxes(1, 2).reshape(rows * height, columns * width, 3)
