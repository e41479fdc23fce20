"""Recorded episodes become videos that show them as they were."""

import functools
import json
import threading
from pathlib import Path

import av
import imageio.v3 as iio
import mujoco
import numpy as np
import pytest
from PIL import Image

from robo_ddpg.controller import Controller
from robo_ddpg.envs.registration import make_task, make_task_of
from robo_ddpg.errors import RenderingError, VideoError
from robo_ddpg.model_fields import model_hash
from robo_ddpg.recording.film.overlay import Overlay
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.film.writing import VERDICT_S
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video import render_recordings
from robo_ddpg.rendering.renderer import FrameRenderer
from tests.recording.pendulum import PENDULUM, record


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(PENDULUM)


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
    look = {"width": 96, "height": 64, "overlay": False}
    info = render_recordings(recordings, model, path, camera=["front", "wrist"], **look)
    assert (info.width, info.height) == (192, 64)
    frame = iio.imread(path, plugin="pyav", index=0).astype(int)
    assert np.abs(frame[:, :96] - frame[:, 96:]).mean() > 5


def test_a_further_camera_is_shown_in_the_corner(model: mujoco.MjModel, tmp_path: Path) -> None:
    look = {"width": 100, "height": 80, "overlay": False}
    plain, inlaid = (
        iio.imread(
            render_recordings(
                [record(model, 4)], model, tmp_path / "a.gif", inset=name, **look
            ).path,
            index=2,
        ).astype(int)
        for name in (None, "front")
    )
    change = np.abs(inlaid - plain).max(axis=2)
    assert change[-24:, :30].mean() > 10 * max(change[:50].mean(), change[:, 35:].mean())


def test_white_ground_and_sky_leave_the_robot_as_it_is() -> None:
    model = make_task("locomotion-hopper").model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    before = model_hash(model)
    with FrameRenderer(model, 64, 64, "front", background="white") as renderer:
        image = renderer.render(data)
    for corner in (image[:8, :8], image[:8, -8:], image[-8:, :8], image[-8:, -8:]):
        assert (corner > 250).all()
    assert image.min() < 60, "the robot is there"
    assert model_hash(model) == before


def test_a_scene_without_a_sky_has_no_white_background(model: mujoco.MjModel) -> None:
    with pytest.raises(RenderingError, match="no sky"):
        FrameRenderer(model, 64, 64, "front", background="white")


def test_a_transparent_background_shows_the_page_and_the_robot_as_on_white() -> None:
    model = make_task("locomotion-hopper").model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    with FrameRenderer(model, 64, 64, "front", background="white") as renderer:
        white = renderer.render(data).astype(int)
    with FrameRenderer(model, 64, 64, "front", background="transparent") as renderer:
        first, image = renderer.render(data), renderer.render(data)
    np.testing.assert_array_equal(first, image)
    cover = image[..., 3]
    for corner in (cover[:8, :8], cover[:8, -8:], cover[-8:, :8], cover[-8:, -8:]):
        assert (corner == 0).all()
    robot = cover == 255
    assert 100 < robot.sum() < 2000
    assert np.abs(image[..., :3].astype(int) - white)[robot].max() <= 2
    assert ((cover > 0) & (cover < 255)).any(), "edges are soft"


def test_transparent_pictures_fit_into_grids_sheets_and_beside_words(
    fallen: tuple[mujoco.MjModel, list[Recording]], tmp_path: Path
) -> None:
    model, episodes = fallen
    film = functools.partial(
        render_recordings, episodes, model, width=48, height=36, background="transparent"
    )
    film(tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape[2] == 4 and {0, 255} <= set(np.unique(sheet[..., 3]))
    for name, overlay in (("bare.webp", False), ("told.gif", True)):
        film(tmp_path / name, grid=(1, 2), overlay=overlay)
        shown = np.asarray(Image.open(tmp_path / name).convert("RGBA"))
        assert (shown[0, 0, 3], shown[0, -1, 3]) == (0, 255 if overlay else 0)
    with pytest.raises(VideoError, match="no transparency; name the film"):
        film(tmp_path / "film.mp4")


@pytest.fixture
def fallen() -> tuple[mujoco.MjModel, list[Recording]]:
    """Two falls of a pendulum under a sky."""
    sky = '<asset><texture type="skybox" builtin="flat" width="8" height="48"/></asset><worldbody>'
    model = mujoco.MjModel.from_xml_string(PENDULUM.replace("<worldbody>", sky))
    return model, [record(model, steps=4, seed=seed) for seed in (0, 1)]


def test_trails_show_where_a_site_has_been(model: mujoco.MjModel, tmp_path: Path) -> None:
    sheets = []
    for trails in (False, True):
        info = render_recordings(
            [record(model, 6)],
            model,
            tmp_path / "sheet.png",
            words=Wording(traced=("tip",)),
            width=64,
            height=64,
            overlay=False,
            trails=trails,
        )
        sheets.append(iio.imread(info.path).astype(int))
    change = np.abs(sheets[1] - sheets[0]).max(axis=(0, 2)) > 40
    first, *_, last = np.split(change, 6)
    assert not first.any() and last.sum() > 5


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


def test_pictures_are_finished_in_the_thread_that_encodes(
    model: mujoco.MjModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    original = Overlay.draw

    def draw(self: Overlay, frame: np.ndarray, moment: Moment) -> np.ndarray:
        names.add(threading.current_thread().name)
        return original(self, frame, moment)

    monkeypatch.setattr(Overlay, "draw", draw)
    render_recordings([record(model, steps=4)], model, tmp_path / "a.mp4", width=64, height=64)
    assert names == {"encoder"}
