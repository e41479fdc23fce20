"""Frames -> bytes in a video file, one frame at a time."""

import itertools
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from robo_ddpg.rendering.renderer import Frame

PendingFrame = Callable[[], Frame]
"""Finishes a frame: what needs no OpenGL is left to the thread that encodes."""
Encoder = Callable[[Path, Iterator[Frame], float, int, dict[str, str]], float]
"""Path, frames, frames per second, H.264's constant rate factor, metadata -> playing time [s]."""

FRAGMENT_S = 1.0
"""An .mp4 whose writing was cut off is lost from its last fragment on [s]."""
WEBP = {"quality": "85"}
"""Of 100; edges stay as transparent as they are."""
WAITING_FRAMES = 8
"""Frames between the renderer and the encoder."""


def encode_mp4(
    path: Path, frames: Iterator[Frame], fps: float, crf: int, metadata: dict[str, str]
) -> float:
    """Encode as H.264 in fragments, so that what is there plays even if the process is killed."""
    import av

    frames = map(even, frames)
    first = next(frames)
    height, width = first.shape[:2]
    rate = Fraction(fps).limit_denominator(1000)
    count = 0
    options = {
        "movflags": "frag_keyframe+empty_moov+default_base_moof",
        "flush_packets": "1",
    }
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata.update(metadata)
        settings = {"crf": str(crf), "preset": "veryfast"}
        stream: Any = container.add_stream("libx264", rate=rate, options=settings)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = max(1, round(FRAGMENT_S * fps))
        for frame in itertools.chain([first], frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
            count += 1
        container.mux(stream.encode(None))
    return float(count / rate)


def even(frame: Frame) -> Frame:
    """The frame with its last row and column twice where their number is odd, as H.264 asks for."""
    height, width = frame.shape[:2]
    return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), "edge")


def index_mp4(source: Path, target: Path) -> None:
    """Copy a fragmented .mp4 into one with its index in front, so that it plays while it loads."""
    import av

    with (
        av.open(str(source)) as old,
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as new,
    ):
        new.metadata.update(old.metadata)
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)


def encode_gif(
    path: Path, frames: Iterator[Frame], fps: float, crf: int, metadata: dict[str, str]
) -> float:
    """Encode with a palette per frame; GIF counts time in hundredths of a second."""
    import av

    first = next(frames)
    delay = max(2, round(100 / fps))
    count = 0
    with av.open(str(path), "w", format="gif") as container:
        stream: Any = container.add_stream("gif", rate=Fraction(100, delay))
        stream.height, stream.width, stream.pix_fmt = *first.shape[:2], "pal8"
        for frame in itertools.chain([first], frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_indexed(frame), "pal8")))
            count += 1
        container.mux(stream.encode(None))
    return count * delay / 100


def _indexed(frame: Frame) -> Any:
    """The image as indices (height, width) into a palette of (256, 4) ARGB colours.

    The last of them is transparent, where the image is for the greater part.
    """
    from PIL import Image

    transparent = frame.shape[2] == 4
    opaque = Image.fromarray(frame[..., :3])
    image = opaque.quantize(255 if transparent else 256, dither=Image.Dither.NONE)
    colours = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    palette = np.full((256, 4), 255, np.uint8)
    palette[: len(colours), 1:] = colours
    indices = np.array(image)
    if transparent:
        palette[255] = 0
        indices[frame[..., 3] < 128] = 255
    return indices, palette


def encode_webp(
    path: Path, frames: Iterator[Frame], fps: float, crf: int, metadata: dict[str, str]
) -> float:
    """Encode as animated WebP, which may be transparent; it counts time in milliseconds."""
    import av

    first = next(frames)
    rate = Fraction(fps).limit_denominator(1000)
    count = 0
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as container:
        stream: Any = container.add_stream("libwebp_anim", rate=rate, options=WEBP)
        stream.height, stream.width, stream.pix_fmt = *first.shape[:2], "bgra"
        kind = "rgba" if first.shape[2] == 4 else "rgb24"
        for frame in itertools.chain([first], frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, kind)))
            count += 1
        container.mux(stream.encode(None))
    return float(count / rate)


class _AbortedError(Exception):
    """There will be no more frames, because making them failed."""


def in_thread(encode: Callable[[Iterator[Frame]], float], frames: Iterable[PendingFrame]) -> float:
    """Finish and encode frames in another thread while this one renders.

    Args:
        encode: consumes the frames.
        frames: is iterated in the calling thread, to which the OpenGL context belongs; what it
            gives is called in the other one.

    Returns:
        What `encode` returns.

    Raises:
        BaseException: what either side raised. After an interruption from the keyboard, the
            encoder finishes with the frames there were.
    """
    waiting: queue.Queue[PendingFrame | _AbortedError | None] = queue.Queue(WAITING_FRAMES)
    outcome: list[float | BaseException] = []

    def received() -> Iterator[Frame]:
        while (item := waiting.get()) is not None:
            if isinstance(item, _AbortedError):
                raise item
            yield item()

    def work() -> None:
        try:
            outcome.append(encode(received()))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work, name="encoder", daemon=True)
    thread.start()
    end: _AbortedError | None = _AbortedError()
    try:
        for frame in frames:
            _put(waiting, frame, thread)
            if outcome:
                break
        end = None
    except KeyboardInterrupt:
        end = None
        raise
    finally:
        _put(waiting, end, thread)
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _put(waiting: queue.Queue[Any], item: object, thread: threading.Thread) -> None:
    """Hand an item over unless the other thread has ended."""
    while thread.is_alive():
        try:
            waiting.put(item, timeout=0.2)
        except queue.Full:
            continue
        return
