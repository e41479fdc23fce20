"""Frames -> a video file, written whole or not at all."""

import contextlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from robo_ddpg.errors import VideoError
from robo_ddpg.files import replacing
from robo_ddpg.recording.film.encoding import (
    Encoder,
    PendingFrame,
    encode_gif,
    encode_mp4,
    encode_webp,
    in_thread,
    index_mp4,
)
from robo_ddpg.rendering.renderer import Frame

_ENCODERS: dict[str, Encoder] = {".mp4": encode_mp4, ".gif": encode_gif, ".webp": encode_webp}


SHEET = ".png"
"""Ending of contact sheets."""


@dataclass(frozen=True)
class VideoInfo:
    """What was written."""

    path: Path
    """The file."""

    frames: int
    """Number of frames."""

    seconds: float
    """Playing time [s]; 0 of a contact sheet."""

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
    """Write frames as H.264 (.mp4), or animated as .gif or .webp; few are in memory at a time.

    While it is written, the video is called `NAME.PID.part.mp4` and plays as far as it has come.
    It stays when the process is killed or interrupted from the keyboard, and goes after an error.

    Args:
        path: ends in .mp4, .gif or .webp; under this name there is either the whole video or none.
        frames: images of shape (height, width, 3), all of one size, or (height, width, 4) where
            they are transparent, which .mp4 cannot be; .mp4 repeats the last row or column where
            their number is odd.
        fps: frames per second [1/s].
        crf: the constant rate factor of H.264, 0 (lossless) to 51; others ignore it.
        about: kept in the file as its comment, in JSON; others have none.

    Returns:
        What was written, after the frames were seen to differ and to show something.

    Raises:
        VideoError: if there is nothing to see or the file cannot be written; no file is left.
    """
    return write_pending(path, map(finished, frames), fps, crf, about)


def finished(frame: Frame) -> PendingFrame:
    """A frame that needs nothing more."""
    return lambda: frame


def write_pending(
    path: str | os.PathLike[str],
    frames: Iterator[PendingFrame],
    fps: float,
    crf: int = 20,
    about: dict[str, Any] | None = None,
) -> VideoInfo:
    """As `write_video`, from frames that are finished in the encoder's thread."""
    path = Path(path)
    encode = _encoder(path)
    if not (np.isfinite(fps) and fps > 0):
        raise VideoError(f"Got {fps} frames per second: give a positive number.")
    first = next(frames, None)
    if first is None:
        raise VideoError(f"There are no frames to write to {path}.")
    check = FrameCheck()
    try:
        with replacing(path) as whole, _growing(path) as part:
            metadata = {"comment": json.dumps(about)} if about else {}
            seconds = in_thread(
                lambda images: encode(part, map(check.see, images), fps, crf, metadata),
                itertools.chain([first], frames),
            )
            check.verify()
            if encode is encode_mp4:
                index_mp4(part, whole)
            else:
                os.replace(part, whole)
    except OSError as error:
        reason = error.strerror or error
        raise VideoError(
            f"Cannot write {path}: {reason}. Name a place that can be written."
        ) from None
    odd = 1 if encode is encode_mp4 else 0
    width, height = (pixels + odd * (pixels % 2) for pixels in (check.width, check.height))
    return VideoInfo(path, check.count, seconds, width, height)


def check_place(path: str | os.PathLike[str]) -> None:
    """Refuse, before anything is simulated, what could not be written in the end.

    Raises:
        VideoError: the name is of another format, or its directory is missing or closed.
    """
    path = Path(path)
    if path.suffix.lower() != SHEET:
        _encoder(path)
    if not path.parent.is_dir():
        raise VideoError(f"There is no directory {path.parent}: make it, or name another place.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise VideoError(f"Cannot write {path}. Name a place that can be written.")


def _encoder(path: Path) -> Encoder:
    encode = _ENCODERS.get(path.suffix.lower())
    if encode is None:
        raise VideoError(f"Got {path}: name the video .mp4, .gif or .webp.")
    return encode


@contextlib.contextmanager
def _growing(path: Path) -> Iterator[Path]:
    """A name for the unfinished video; the file goes at the end and after an error.

    It stays where the process is killed or interrupted from the keyboard.
    """
    part = path.with_name(f"{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
    except Exception:
        part.unlink(missing_ok=True)
        raise
    part.unlink(missing_ok=True)


class FrameCheck:
    """Sees every frame of a video and knows whether it was worth writing."""

    def __init__(self) -> None:
        self._first: Frame | None = None
        self.count = 0
        """Frames seen."""
        self.width = self.height = 0
        """Their size [pixel]."""
        self._moves = False
        self._shows = False

    def see(self, frame: Frame) -> Frame:
        """Return the frame as it is.

        Raises:
            VideoError: it is no RGB or RGBA image, or of another size than the first.
        """
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (3, 4):
            raise VideoError(
                f"Frame {self.count} has shape {frame.shape} and type {frame.dtype}: "
                "give (height, width, 3 or 4) and uint8."
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
        """Look back at all frames.

        Raises:
            VideoError: they show nothing, or nothing moves.
        """
        if not self._shows:
            raise VideoError("Every frame is a single colour: check the camera and OpenGL.")
        if not self._moves:
            raise VideoError("All frames are the same: nothing moves in front of this camera.")
