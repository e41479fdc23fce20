"""Recordings -> frames -> a video file; frames stream to the encoder one by one."""

import contextlib
import dataclasses
import functools
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.errors import VideoError
from robo_ddpg.files import replacing
from robo_ddpg.recording.encoding import (
    Encoder,
    Shot,
    encode_gif,
    encode_mp4,
    in_thread,
    index_mp4,
    unfinished,
)
from robo_ddpg.recording.overlay import Overlay
from robo_ddpg.recording.recording import Recording
from robo_ddpg.rendering import gl
from robo_ddpg.rendering.renderer import Frame, FrameRenderer

MAX_FRAMES_PER_SECOND = {".mp4": 60.0, ".gif": 25.0}
"""Faster playback drops frames instead of exceeding what screens show, or GIFs are worth [1/s]."""
VERDICT_S = 0.5
"""With an overlay the end of an episode stays, so that its outcome can be read [s]."""
_GAP = 4
"""Dark pixels between pictures side by side."""


@dataclasses.dataclass(frozen=True)
class VideoInfo:
    """What was written."""

    path: Path
    """The file."""

    frames: int
    """Number of frames."""

    seconds: float
    """Playing time [s]."""

    width: int
    """Width [pixel]."""

    height: int
    """Height [pixel]."""


def write_video(
    path: str | os.PathLike[str],
    frames: Iterable[Frame],
    fps: float,
    *,
    crf: int = 20,
    about: dict[str, Any] | None = None,
) -> VideoInfo:
    """Write frames as H.264 (.mp4) or as an animated .gif; few of them are in memory at a time.

    While it is written, the video is called `NAME.PID.part.mp4` and plays as far as it has come.
    It stays when the process is killed or interrupted from the keyboard, and goes after an error.

    Args:
        path: ends in .mp4 or .gif; under this name there is either the whole video or none.
        frames: images of shape (height, width, 3), all of one size; even sizes for .mp4.
        fps: frames per second [1/s].
        crf: the constant rate factor of H.264, 0 (lossless) to 51; .gif ignores it.
        about: kept in the file as its comment, in JSON; .gif has none.

    Returns:
        What was written, after the frames were seen to differ and to show something.

    Raises:
        VideoError: if there is nothing to see or the file cannot be written; no file is left.
    """
    return _write(path, (functools.partial(_given, frame) for frame in frames), fps, crf, about)


def _given(frame: Frame) -> Frame:
    return frame


def _write(
    path: str | os.PathLike[str],
    shots: Iterator[Shot],
    fps: float,
    crf: int = 20,
    about: dict[str, Any] | None = None,
) -> VideoInfo:
    """As `write_video`, from frames that are finished in the encoder's thread."""
    path = Path(path)
    encoders: dict[str, Encoder] = {".mp4": encode_mp4, ".gif": encode_gif}
    encode = encoders.get(path.suffix.lower())
    if encode is None:
        raise VideoError(f"Got {path}: name the video .mp4 or .gif.")
    if not (np.isfinite(fps) and fps > 0):
        raise VideoError(f"Got {fps} frames per second: give a positive number.")
    first = next(shots, None)
    if first is None:
        raise VideoError(f"There are no frames to write to {path}.")
    watch = _Watch()
    try:
        with replacing(path) as whole, _growing(path) as part:
            metadata = {"comment": json.dumps(about)} if about else {}
            seconds = in_thread(
                lambda frames: encode(part, watch.passing(frames), fps, crf, metadata),
                itertools.chain([first], shots),
            )
            watch.verify()
            if encode is encode_mp4:
                index_mp4(part, whole)
            else:
                os.replace(part, whole)
    except OSError as error:
        reason = error.strerror or error
        raise VideoError(
            f"Cannot write {path}: {reason}. Name a place that can be written."
        ) from None
    return VideoInfo(path, watch.count, seconds, watch.width, watch.height)


@contextlib.contextmanager
def _growing(path: Path) -> Iterator[Path]:
    """A name for the unfinished video; the file goes at the end and after an error."""
    part = unfinished(path)
    try:
        yield part
    except Exception:
        part.unlink(missing_ok=True)
        raise
    part.unlink(missing_ok=True)


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
    watch = _Watch()
    with FrameRenderer(model, width, height, cameras[0]) as renderer:
        views = [renderer.camera(name) for name in cameras]

        def picture(title: str, recording: Recording) -> Iterator[Shot]:
            label = Overlay(recording, title, width * len(views), height, speed)
            chosen = _chosen_frames(len(recording.states), rate / fps)
            for index, data in enumerate(recording.iterate_data(model)):
                if index in chosen:
                    images = [renderer.render(data, view) for view in views]
                    frame = watch.see(images[0] if len(images) == 1 else np.hstack(images))
                    shot = functools.partial(_given, frame)
                    yield functools.partial(label.draw, frame, index) if overlay else shot

        last = round(VERDICT_S * fps) if overlay else 0

        def pages() -> Iterator[Shot]:
            pictures = [picture(*pair) for pair in zip(names, recordings, strict=True)]
            size = rows * columns
            for start in range(0, len(pictures), size):
                some = pictures[start : start + size]
                yield from _held(_side_by_side(some, rows, columns), last)
            watch.verify()  # of bare pictures: the clock in the overlay always moves

        return _write(path, pages(), fps, about=_about(recordings))


def _about(recordings: Sequence[Recording]) -> dict[str, Any]:
    """Where a video comes from."""
    first = recordings[0]
    return {
        "task": first.task.get("name"),
        "model_hash": first.model_hash,
        "seeds": [recording.seed for recording in recordings],
        **gl.describe(),
    }


class _Watch:
    """Sees every frame pass and knows whether they were a video worth writing."""

    def __init__(self) -> None:
        self._first: Frame | None = None
        self.count = self.width = self.height = 0
        self._moves = False
        self._shows = False

    def passing(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        return map(self.see, frames)

    def see(self, frame: Frame) -> Frame:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise VideoError(
                f"Frame {self.count} has shape {frame.shape} and type {frame.dtype}: "
                "give (height, width, 3) and uint8."
            )
        if self._first is None:
            self._first = frame
            self.height, self.width = frame.shape[:2]
        if frame.shape != self._first.shape:
            raise VideoError(
                f"Frame {self.count} has shape {frame.shape}, the first {self._first.shape}: "
                "give frames of one size."
            )
        self.count += 1
        self._moves = self._moves or not np.array_equal(frame, self._first)
        self._shows = self._shows or bool((frame != frame[0, 0]).any())
        return frame

    def verify(self) -> None:
        if not self._shows:
            raise VideoError("Every frame is a single colour: check the camera and OpenGL.")
        if not self._moves:
            raise VideoError("All frames are the same: nothing moves in front of this camera.")


def _chosen_frames(count: int, stride: float) -> set[int]:
    """Return which of `count` frames to show, about every `stride`-th and always the last."""
    return {int(index) for index in np.arange(0, count, stride)} | {count - 1}


def _side_by_side(pictures: list[Iterator[Shot]], rows: int, columns: int) -> Iterator[Shot]:
    """Lay out pictures in rows until the longest has ended; the others hold their last frame."""
    current = [functools.cache(next(picture)) for picture in pictures]
    while True:
        yield (
            current[0]
            if rows == columns == 1
            else functools.partial(_tiled, current, rows, columns)
        )
        following = [next(picture, None) for picture in pictures]
        if all(shot is None for shot in following):
            return
        current = [
            old if new is None else functools.cache(new)
            for old, new in zip(current, following, strict=True)
        ]


def _held(shots: Iterator[Shot], times: int) -> Iterator[Shot]:
    """Repeat the last one."""
    shot = None
    for shot in shots:
        yield shot
    if shot is not None:
        yield from itertools.repeat(functools.cache(shot), times)


def _tiled(shots: Sequence[Shot], rows: int, columns: int) -> Frame:
    """One image of shape (rows * height, columns * width, 3); cells without a shot are black."""
    frames = [shot() for shot in shots]
    height, width = frames[0].shape[:2]
    canvas = np.zeros((rows, columns, height, width, 3), np.uint8)
    for cell, frame in enumerate(frames):
        canvas[divmod(cell, columns)] = frame
    canvas[:, :-1, :, -_GAP:] = 0
    canvas[:-1, :, -_GAP:] = 0
    return canvas.swapaxes(1, 2).reshape(rows * height, columns * width, 3)
