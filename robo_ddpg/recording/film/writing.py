"""Scenes -> a film: one after the other or side by side; frames stream to the encoder."""

import functools
import itertools
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from robo_ddpg.errors import VideoError
from robo_ddpg.recording.film.encoding import PendingFrame
from robo_ddpg.recording.film.overlay import Overlay
from robo_ddpg.recording.film.scene import Moment, Scene
from robo_ddpg.recording.film.sheet import stride, write_sheet
from robo_ddpg.recording.film.video_file import SHEET, FrameCheck, VideoInfo, write_pending
from robo_ddpg.rendering.backdrop import Background
from robo_ddpg.rendering.renderer import Frame

MAX_FRAMES_PER_SECOND = {".mp4": 60.0, ".webp": 30.0, ".gif": 25.0}
"""Faster playback drops frames instead of exceeding what screens show, or GIFs are worth [1/s]."""
VERDICT_S = 0.5
"""With an overlay the end of an episode stays, so that its outcome can be read [s]."""
_GAP = 4
"""Dark pixels between pictures side by side."""

Watcher = Callable[[str, Moment, float | None], None]
"""Is told the title of a scene and where it is whenever a frame of it has been made, and which
share of the film is done; None if nobody knows how long it gets."""


@dataclass(frozen=True)
class Look:
    """How a film looks."""

    width: int = 640
    """Of an episode's picture [pixel]."""
    height: int = 480
    """Of an episode's picture [pixel]."""
    grid: tuple[int, int] | None = None
    """Rows and columns of episodes shown at once; shorter ones hold their last frame, and further
    episodes follow on the next page. None shows one at a time."""
    speed: float = 1.0
    """Of the playback; 2.0 is twice as fast as reality."""
    overlay: bool = True
    """Write what happens beside the picture, which makes the film wider: time, return, success,
    commands, reward terms, what the safety filter let through; and hold the last frame for a
    moment."""

    background: Background = "scene"
    """What is behind a task's robot: its scene, white, as for papers, or nothing."""

    trails: bool = False
    """Draw where fingertips or feet have been lately."""
    inset: str | None = None
    """Camera of a task whose picture is shown in a corner of the other one's."""
    slow_contacts: float | None = None
    """Times slower that a task is played around the moments in which contacts begin."""

    def __post_init__(self) -> None:
        """Check the numbers."""
        if min(self.width, self.height, *(self.grid or ())) < 1 or not self.speed > 0:
            raise VideoError(
                f"Got {self.width} x {self.height} pixels, grid {self.grid}, speed {self.speed}: "
                "all must be positive."
            )
        if self.slow_contacts is not None and not 1 < self.slow_contacts < math.inf:
            raise VideoError(
                f"Got contacts {self.slow_contacts:g} times slower: give more than 1, such as 4."
            )

    def check_fits(self, path: str | os.PathLike[str]) -> None:
        """Refuse what a kind of file cannot show.

        Raises:
            VideoError: it has no transparency, or contacts shall be slow where nothing moves.
        """
        if self.background == "transparent" and Path(path).suffix.lower() == ".mp4":
            raise VideoError(
                f"Got {path}: .mp4 has no transparency; name the film .webp or .gif, or .png."
            )
        if self.slow_contacts is not None and Path(path).suffix.lower() == SHEET:
            raise VideoError("Nothing moves in a contact sheet: leave out slow contacts.")


def write_film(
    scenes: Sequence[Scene],
    path: str | os.PathLike[str],
    rate: float,
    look: Look,
    *,
    about: dict[str, Any] | None = None,
    watcher: Watcher | None = None,
) -> VideoInfo:
    """Write scenes as a video.

    Args:
        scenes: the episodes; their frames are made in this thread, when their turn comes.
        path: as for `write_video`; a .png becomes a contact sheet.
        rate: frames in a second of simulated time [1/s].
        look: how it looks; pictures of other sizes are fitted in between black bars.
        about: as for `write_video`.
        watcher: follows it.

    Raises:
        VideoError: as `write_video`.
    """
    check, progress = FrameCheck(), _Progress(scenes)

    def shots(scene: Scene, stride: float) -> Iterator[tuple[Frame, Moment]]:
        for frame, moment in scene.frames(stride):
            check.see(frame)
            if watcher:
                watcher(scene.title, moment, progress.share(scene, moment))
            yield frame, moment

    white = look.background == "white"
    if Path(path).suffix.lower() == SHEET:
        rows = [(scene, shots(scene, stride(scene.seconds, rate))) for scene in scenes]
        fitted = [(s, ((_fitted(f, look.width, look.height), m) for f, m in r)) for s, r in rows]
        sheet = write_sheet(fitted, path, captions=look.overlay, white=white)
        return VideoInfo(Path(path), check.count, 0.0, sheet.shape[1], sheet.shape[0])
    played = rate * look.speed
    fps = min(played, MAX_FRAMES_PER_SECOND.get(Path(path).suffix.lower(), played))

    def picture(scene: Scene) -> Iterator[PendingFrame]:
        label = Overlay(scene, look.height, look.speed, white=white)
        for frame, moment in shots(scene, played / fps):
            yield functools.partial(_labelled, frame, moment, label, look)

    def pages() -> Iterator[PendingFrame]:
        rows, columns = look.grid or (1, 1)
        held = round(VERDICT_S * fps) if look.overlay else 0
        for start in range(0, len(scenes), rows * columns):
            page = [picture(scene) for scene in scenes[start : start + rows * columns]]
            yield from _held(_side_by_side(page, rows, columns), held)
        check.verify()  # of bare pictures: the clock in the overlay always moves

    return write_pending(path, pages(), fps, about=about)


class _Progress:
    """How much of a film is done, by the simulated time of its scenes."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        known = [scene.seconds for scene in scenes if scene.seconds is not None]
        self._total = sum(known) if len(known) == len(scenes) else 0.0
        self._done: dict[int, float] = {}

    def share(self, scene: Scene, moment: Moment) -> float | None:
        """The share from 0 to 1, with a scene being where it is."""
        most = scene.seconds or moment.seconds
        self._done[id(scene)] = most if moment.last else moment.seconds
        return min(1.0, sum(self._done.values()) / self._total) if self._total else None


def _labelled(frame: Frame, moment: Moment, label: Overlay, look: Look) -> Frame:
    fitted = _fitted(frame, look.width, look.height)
    return label.draw(fitted, moment) if look.overlay else fitted


def _fitted(frame: Frame, width: int, height: int) -> Frame:
    """The picture as large as it can be within a size, the rest of which is black."""
    if frame.shape[:2] == (height, width):
        return frame
    scale = min(width / frame.shape[1], height / frame.shape[0])
    size = [max(1, round(scale * pixels)) for pixels in (frame.shape[1], frame.shape[0])]
    canvas = Image.new("RGB", (width, height))
    image = Image.fromarray(frame).resize((size[0], size[1]), Image.Resampling.LANCZOS)
    canvas.paste(image, ((width - size[0]) // 2, (height - size[1]) // 2))
    return np.asarray(canvas)


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
    """One image of all, (rows * height, columns * width, 3 or 4); the rest of it is 0."""
    frames = [finish() for finish in pending]
    height, width, channels = frames[0].shape
    canvas = np.zeros((rows, columns, *frames[0].shape), np.uint8)
    for cell, frame in enumerate(frames):
        canvas[divmod(cell, columns)] = frame
    canvas[:, :-1, :, -_GAP:] = 0
    canvas[:-1, :, -_GAP:] = 0
    return canvas.swapaxes(1, 2).reshape(rows * height, columns * width, channels)
