"""Files hold the frames they were given, or are not written at all."""

import errno
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image, ImageSequence

from robo_ddpg.errors import VideoError
from robo_ddpg.recording.film.video_file import write_video


def moving_square(count: int, width: int = 64, height: int = 48) -> Iterator[np.ndarray]:
    for i in range(count):
        frame = np.full((height, width, 3), 40, np.uint8)
        left = 2 * i % (width - 16)
        frame[16:32, left : left + 16] = (250, 120, 30)
        yield frame


def test_an_mp4_comes_back_with_its_frames_size_and_rate(tmp_path: Path) -> None:
    info = write_video(tmp_path / "square.mp4", moving_square(30), fps=20)
    assert (info.frames, info.seconds, info.width, info.height) == (30, 1.5, 64, 48)
    assert iio.imread(info.path, plugin="pyav").shape == (30, 48, 64, 3)
    assert iio.immeta(info.path, plugin="pyav")["fps"] == 20


def test_an_mp4_shows_what_was_given(tmp_path: Path) -> None:
    info = write_video(tmp_path / "square.mp4", moving_square(20), fps=20)
    back = iio.imread(info.path, plugin="pyav").astype(int)
    given = np.array(list(moving_square(20)), int)
    assert np.abs(back - given).mean() < 8


def test_an_mp4_can_start_before_it_is_loaded(tmp_path: Path) -> None:
    content = write_video(tmp_path / "a.mp4", moving_square(30), fps=20).path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_gif_comes_back_with_its_frames_and_time(tmp_path: Path) -> None:
    info = write_video(tmp_path / "square.gif", moving_square(12), fps=20)
    assert iio.imread(info.path).shape == (12, 48, 64, 3)
    assert info.seconds == pytest.approx(0.6)


def test_a_webp_comes_back_with_its_frames_time_and_transparency(tmp_path: Path) -> None:
    path = tmp_path / "square.webp"
    info = write_video(path, cut_out_square(10), fps=20)
    assert (info.frames, info.seconds) == (10, 0.5)
    shown = frames_of(path)
    assert len(shown) == 10
    for back, given in zip(shown, cut_out_square(10), strict=True):
        np.testing.assert_array_equal(back[..., 3], given[..., 3])
    inside = shown[0][20:28, 4:12]
    assert np.abs(inside[..., :3].astype(int) - (250, 120, 30)).max() < 12


def test_a_gif_is_transparent_where_the_frames_are_for_the_greater_part(tmp_path: Path) -> None:
    path = tmp_path / "square.gif"
    write_video(path, cut_out_square(10), fps=20)
    for back, given in zip(frames_of(path), cut_out_square(10), strict=True):
        np.testing.assert_array_equal(back[..., 3] == 255, given[..., 3] >= 128)


def cut_out_square(count: int) -> Iterator[np.ndarray]:
    """The moving square, with an edge that is half there, and nothing around it."""
    for frame in moving_square(count):
        cover = np.where(frame[..., :1] == 250, 255, 0).astype(np.uint8)
        cover[16] //= 2
        yield np.dstack([frame, cover])


def frames_of(path: Path) -> list[np.ndarray]:
    """RGBA images of a file, as a page would show them."""
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def test_memory_does_not_grow_with_the_length_of_a_video(tmp_path: Path) -> None:
    write_video(tmp_path / "first.mp4", moving_square(5), fps=20)  # imports

    def peak(count: int) -> int:
        tracemalloc.start()
        write_video(tmp_path / f"{count}.mp4", moving_square(count, 320, 240), fps=20)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    one_frame = 320 * 240 * 3
    assert peak(200) < peak(20) + 2 * one_frame


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([], "no frames"),
        ([np.full((48, 64, 3), shade, np.uint8) for shade in (0, 90, 200)], "single colour"),
        ([next(moving_square(1))] * 5, "the same"),
        ([*moving_square(2), *moving_square(2, width=66)], "one size"),
        ([frame.astype(float) for frame in moving_square(3)], "uint8"),
    ],
    ids=["none", "single colours", "still", "two sizes", "floats"],
)
def test_what_cannot_be_a_video_is_refused_and_leaves_no_file(
    frames: list[np.ndarray], message: str, tmp_path: Path
) -> None:
    with pytest.raises(VideoError, match=message) as caught:
        write_video(tmp_path / "video.mp4", frames, fps=20)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_odd_sizes_are_padded_by_a_row_and_a_column(tmp_path: Path) -> None:
    frames = [frame[:-1] for frame in moving_square(5, width=63)]
    info = write_video(tmp_path / "video.mp4", frames, fps=20)
    assert (info.width, info.height) == (64, frames[0].shape[0] + 1)
    assert iio.imread(info.path, plugin="pyav", index=0).shape == (info.height, info.width, 3)


def test_a_refused_video_leaves_the_older_one_in_place(tmp_path: Path) -> None:
    path = write_video(tmp_path / "video.mp4", moving_square(5), fps=20).path
    before = path.read_bytes()
    with pytest.raises(VideoError):
        write_video(path, [next(moving_square(1))] * 5, fps=20)
    assert path.read_bytes() == before


def test_an_error_among_the_frames_passes_and_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from moving_square(3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_video(tmp_path / "video.mp4", broken(), fps=20)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["video.avi", "video", "file/video.mp4"])
def test_a_name_that_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VideoError, match=r"[Nn]ame") as caught:
        write_video(tmp_path / name, moving_square(3), fps=20)
    assert "\n" not in str(caught.value)


def test_a_killed_run_leaves_a_video_that_plays_under_another_name(tmp_path: Path) -> None:
    script = """
import sys
import numpy as np
from robo_ddpg.recording.film.video_file import write_video
def frames():
    for i in range(10_000):
        if i == 150:
            print("enough", flush=True)
            sys.stdin.read()
        yield np.roll(np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3), i, axis=1)
write_video(sys.argv[1], frames(), fps=20)
"""
    path = tmp_path / "long.mp4"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout and child.stdout.readline()
        child.kill()
    assert not path.exists()
    (part,) = tmp_path.glob("long.*.part.mp4")
    assert len(iio.imread(part, plugin="pyav")) >= 40


def test_an_interrupted_video_keeps_every_frame_so_far(tmp_path: Path) -> None:
    def interrupted() -> Iterator[np.ndarray]:
        yield from moving_square(33)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "square.mp4", interrupted(), fps=20)
    (part,) = tmp_path.iterdir()
    assert len(iio.imread(part, plugin="pyav")) == 33


def test_a_full_disk_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> float:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("robo_ddpg.recording.film.video_file.index_mp4", full)
    with pytest.raises(VideoError, match="No space left") as caught:
        write_video(tmp_path / "square.mp4", moving_square(9), fps=20)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_gif_grows_frame_by_frame(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write_video(tmp_path / f"{count}.gif", moving_square(count, 160, 120), fps=20)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(5)
    assert peak(120) < peak(20) + 3 * 160 * 120 * 3
