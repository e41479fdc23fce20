"""Videos hold the frames they were given, or nothing is written at all."""

import dataclasses
import errno
import functools
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import av
import imageio.v3 as iio
import mujoco
import numpy as np
import pytest
from test_recording import PENDULUM, record

from robo_ddpg.controller import Controller, make_task_of
from robo_ddpg.errors import RenderingError, VideoError
from robo_ddpg.overlay import Overlay
from robo_ddpg.recorder import record_episodes
from robo_ddpg.recording import Recording
from robo_ddpg.rendering import FrameRenderer
from robo_ddpg.video import VERDICT_S, render_recordings, write_video


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(PENDULUM)


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
        (list(moving_square(5, width=63)), "even numbers"),
        ([*moving_square(2), *moving_square(2, width=66)], "one size"),
        ([frame.astype(float) for frame in moving_square(3)], "uint8"),
    ],
    ids=["none", "single colours", "still", "odd width", "two sizes", "floats"],
)
def test_what_cannot_be_a_video_is_refused_and_leaves_no_file(
    frames: list[np.ndarray], message: str, tmp_path: Path
) -> None:
    with pytest.raises(VideoError, match=message) as caught:
        write_video(tmp_path / "video.mp4", frames, fps=20)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


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


def test_episodes_follow_one_another(model: mujoco.MjModel, tmp_path: Path) -> None:
    episodes = [record(model, steps=4), record(model, steps=6, seed=1)]
    film = functools.partial(render_recordings, episodes, model, width=128, height=96)
    info = film(tmp_path / "a.mp4", overlay=False)
    assert (info.frames, info.width, info.height) == (5 + 7, 128, 96)
    assert info.seconds == pytest.approx(12 / 20)
    held = film(tmp_path / "b.mp4")
    assert held.seconds == pytest.approx(12 / 20 + 2 * VERDICT_S)
    still = iio.imread(held.path, plugin="pyav")[5:15].astype(int)
    assert np.abs(np.diff(still, axis=0)).mean() < 0.5


def test_a_grid_lasts_as_long_as_its_longest_episode(model: mujoco.MjModel, tmp_path: Path) -> None:
    episodes = [record(model, steps=n, seed=n) for n in (3, 8)]
    info = render_recordings(
        episodes, model, tmp_path / "a.mp4", width=128, height=96, grid=(1, 2), overlay=False
    )
    assert (info.frames, info.width, info.height) == (9, 256, 96)
    back = iio.imread(info.path, plugin="pyav").astype(int)
    left, right = back[:, :, :128], back[:, :, 128:]
    assert np.abs(left[4] - left[8]).mean() < 0.5
    assert np.abs(right[4] - right[8]).mean() > 1


def test_a_second_page_follows_when_the_grid_is_full(model: mujoco.MjModel, tmp_path: Path) -> None:
    episodes = [record(model, steps=n, seed=n) for n in (3, 8, 5)]
    info = render_recordings(
        episodes, model, tmp_path / "a.mp4", width=64, height=64, grid=(1, 2), overlay=False
    )
    assert info.frames == 9 + 6


@pytest.mark.parametrize(
    ("speed", "frames", "seconds"), [(0.5, 41, 4.1), (2, 41, 1.0), (6, 21, 0.35)]
)
def test_speed_changes_the_playing_time_within_sixty_frames_a_second(
    speed: float, frames: int, seconds: float, model: mujoco.MjModel, tmp_path: Path
) -> None:
    episode = [record(model, steps=40)]
    path = tmp_path / "a.mp4"
    size = {"width": 32, "height": 32}
    info = render_recordings(episode, model, path, **size, speed=speed, overlay=False)
    assert info.frames == frames
    assert info.seconds == pytest.approx(seconds, abs=0.03)


def test_the_overlay_changes_only_the_foot_and_a_corner_of_the_picture(
    model: mujoco.MjModel, tmp_path: Path
) -> None:
    episode = [record(model, steps=5)]
    plain, labelled = (
        iio.imread(
            render_recordings(episode, model, tmp_path / f"{on}.mp4", overlay=on).path,
            plugin="pyav",
        )[:6].astype(int)
        for on in (False, True)
    )
    change = np.abs(labelled - plain).mean(axis=(0, 3))
    assert change[:432, 320:].mean(axis=1).max() < 3
    assert change[240:432].mean(axis=1).max() < 3
    assert change[-16:].mean(axis=1).min() > 10


def test_the_success_mark_appears_once_the_episode_succeeds(model: mujoco.MjModel) -> None:
    episode = record(model, steps=10)
    label = Overlay(episode, "Episode 1", 640, 480, speed=1.0)
    grey = np.full((480, 640, 3), 128, np.uint8)

    def is_marked(index: int) -> bool:
        right_end = label.draw(grey, index)[-32:, 500:].astype(int)
        return bool((right_end[..., 1] - right_end[..., 0] > 40).any())

    shown = [is_marked(index) for index in range(11)]
    assert shown == [False, *episode.success]
    assert (grey == 128).all()


def test_a_still_episode_is_refused_although_the_overlay_moves(
    model: mujoco.MjModel, tmp_path: Path
) -> None:
    episode = record(model, steps=5)
    episode.states[:] = episode.states[0]
    with pytest.raises(VideoError, match="nothing moves"):
        render_recordings([episode], model, tmp_path / "a.mp4", width=64, height=64)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [0, 2])
def test_recordings_need_one_common_frame_rate(
    count: int, model: mujoco.MjModel, tmp_path: Path
) -> None:
    episodes: list[Recording] = [record(model, steps=3) for _ in range(count)]
    for i, episode in enumerate(episodes):
        object.__setattr__(episode, "frames_per_second", 10.0 + i)
    with pytest.raises(VideoError, match="frame rate"):
        render_recordings(episodes, model, tmp_path / "a.mp4")


def test_an_unknown_camera_is_refused_with_the_names_there_are(
    model: mujoco.MjModel, tmp_path: Path
) -> None:
    with pytest.raises(RenderingError, match=r"'side'.*front"):
        render_recordings([record(model, 3)], model, tmp_path / "a.mp4", camera="side")


def test_pictures_larger_than_the_models_buffer_leave_the_model_as_it_was(
    model: mujoco.MjModel,
) -> None:
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    assert model.vis.global_.offwidth == 640
    with FrameRenderer(model, 800, 600, "front") as renderer:
        frame = renderer.render(data)
    assert frame.shape == (600, 800, 3)
    assert frame.std() > 0
    assert model.vis.global_.offwidth == 640


def test_a_renderer_closes_twice_and_then_says_that_it_is_closed(model: mujoco.MjModel) -> None:
    renderer = FrameRenderer(model, 32, 32)
    renderer.close()
    renderer.close()
    with pytest.raises(RenderingError, match="closed"):
        renderer.render(mujoco.MjData(model))


def test_several_cameras_stand_side_by_side(tmp_path: Path) -> None:
    recordings = record_episodes(Controller.find("reach"), seeds=[7], episode_s=0.3)
    model = make_task_of(recordings[0].task).model
    path = tmp_path / "both.mp4"
    size = {"width": 96, "height": 64}
    info = render_recordings(recordings, model, path, camera=["front", "wrist"], **size)
    assert (info.width, info.height) == (192, 64)
    frame = iio.imread(path, plugin="pyav", index=0).astype(int)
    assert np.abs(frame[:, :96] - frame[:, 96:]).mean() > 5


def test_a_video_says_where_it_comes_from_and_what_rendered_it(
    model: mujoco.MjModel, tmp_path: Path
) -> None:
    episode = record(model, steps=4)
    path = render_recordings([episode], model, tmp_path / "a.mp4", width=64, height=64).path
    with av.open(str(path)) as container:
        about = json.loads(container.metadata["comment"])
    assert about["model_hash"] == episode.model_hash
    assert about["seeds"] == [episode.seed]
    assert isinstance(about["software"], bool) and about["renderer"]


def test_a_killed_run_leaves_a_video_that_plays_under_another_name(tmp_path: Path) -> None:
    script = """
import sys, time
import numpy as np
from robo_ddpg.video import write_video
def frames():
    for i in range(10_000):
        time.sleep(0.002)
        if i == 150:
            print("enough", flush=True)
        yield np.roll(np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3), i, axis=1)
write_video(sys.argv[1], frames(), fps=20)
"""
    path = tmp_path / "long.mp4"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
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

    monkeypatch.setattr("robo_ddpg.video.index_mp4", full)
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


def test_the_panel_shows_the_reward_terms_and_why_an_action_was_altered(
    model: mujoco.MjModel,
) -> None:
    episode = record(model, steps=10)
    quiet = {"joint_velocity": np.zeros(10, np.float32)}
    altered = {"joint_velocity": np.ones(10, np.float32)}
    grey = np.full((480, 640, 3), 128, np.uint8)

    def panel(**changes: object) -> np.ndarray:
        changed = dataclasses.replace(episode, **changes)
        return Overlay(changed, "Episode", 640, 480, 1.0).draw(grey, 5)[:240, :320].astype(int)

    low = panel(reward_terms={"near": np.full(10, 0.2)}, safety=quiet)
    high = panel(reward_terms={"near": np.full(10, 0.9)}, safety=quiet)
    limited = panel(reward_terms={"near": np.full(10, 0.9)}, safety=altered)
    blue = [int((image[..., 2] - image[..., 0] > 60).sum()) for image in (low, high)]
    assert blue[1] > 3 * blue[0] > 0
    assert ((limited[..., 0] - limited[..., 2]) > 60).any()  # amber words
    assert not ((high[..., 0] - high[..., 2]) > 60).any()


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720), (480, 640)])
def test_the_panel_leaves_most_of_the_picture_free(
    size: tuple[int, int], model: mujoco.MjModel
) -> None:
    width, height = size
    terms = {f"term_{i}": np.ones(10) for i in range(6)}
    facts = {f"fact_{i}_m": np.ones(10) for i in range(4)}
    altered = {"joint_acceleration": np.ones(10, np.float32)}
    episode = dataclasses.replace(
        record(model, steps=10), reward_terms=terms, metrics=facts, safety=altered
    )
    grey = np.full((height, width, 3), 128, np.uint8)
    drawn = Overlay(episode, "Episode", width, height, 1.0).draw(grey, 5)
    panel = (drawn != 128).any(axis=2)[: height * 3 // 4]
    rows, columns = np.flatnonzero(panel.any(axis=1)), np.flatnonzero(panel.any(axis=0))
    assert 0.1 * height < rows.max() < 0.47 * height
    assert columns.max() < 0.45 * width
    amber = (drawn[..., 0].astype(int) - drawn[..., 2] > 60).any()
    assert amber  # why the action was altered is never left out


def test_pictures_are_finished_in_the_thread_that_encodes(
    model: mujoco.MjModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    original = Overlay.draw

    def draw(self: Overlay, frame: np.ndarray, index: int) -> np.ndarray:
        names.add(threading.current_thread().name)
        return original(self, frame, index)

    monkeypatch.setattr(Overlay, "draw", draw)
    render_recordings([record(model, steps=4)], model, tmp_path / "a.mp4", width=64, height=64)
    assert names == {"encoder"}
