"""What is written into the picture is right, and leaves most of it free."""

import dataclasses
from pathlib import Path

import imageio.v3 as iio
import mujoco
import numpy as np
import pytest

from robo_ddpg.recording.film.overlay import Overlay, outcome
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video import moments_of, render_recordings
from tests.recording.pendulum import PENDULUM, record


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(PENDULUM)


def after_five_steps(episode: Recording, frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    return Overlay(episode, "Episode", width, height, 1.0).draw(frame, moments_of(episode)[5])


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
    moments = moments_of(episode)
    grey = np.full((480, 640, 3), 128, np.uint8)

    def is_marked(index: int) -> bool:
        right_end = label.draw(grey, moments[index])[-32:, 500:].astype(int)
        return bool((right_end[..., 1] - right_end[..., 0] > 40).any())

    shown = [is_marked(index) for index in range(11)]
    assert shown == [False, *episode.success]
    assert (grey == 128).all()


def test_the_panel_shows_the_reward_terms_and_why_an_action_was_altered(
    model: mujoco.MjModel,
) -> None:
    episode = record(model, steps=10)
    quiet = {"joint_velocity": np.zeros(10, np.float32)}
    altered = {"joint_velocity": np.ones(10, np.float32)}
    grey = np.full((480, 640, 3), 128, np.uint8)

    def panel(**changes: object) -> np.ndarray:
        changed = dataclasses.replace(episode, **changes)
        return after_five_steps(changed, grey)[:240, :320].astype(int)

    low = panel(reward_terms={"near": np.full(10, 0.2)}, safety=quiet)
    high = panel(reward_terms={"near": np.full(10, 0.9)}, safety=quiet)
    limited = panel(reward_terms={"near": np.full(10, 0.9)}, safety=altered)
    blue = [int((image[..., 2] - image[..., 0] > 60).sum()) for image in (low, high)]
    assert blue[1] > 3 * blue[0] > 0
    assert ((limited[..., 0] - limited[..., 2]) > 60).any()  # amber words
    assert not ((high[..., 0] - high[..., 2]) > 60).any()


def test_the_panel_shows_requested_and_applied_motion_as_bars(model: mujoco.MjModel) -> None:
    metrics = {"requested_rad_s": np.ones(10), "applied_rad_s": np.full(10, 0.5)}
    episode = dataclasses.replace(record(model, steps=10), metrics=metrics, reward_terms={})
    grey = np.full((480, 640, 3), 128, np.uint8)
    image = after_five_steps(episode, grey)[:240, :320].astype(int)
    amber = (image[..., 0] - image[..., 2] > 100).any(axis=0).sum()
    green = (image[..., 1] - image[..., 0] > 60).any(axis=0).sum()
    assert amber == pytest.approx(2 * green, abs=4)
    assert green > 10


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720), (480, 640)])
def test_the_panel_leaves_most_of_the_picture_free(
    size: tuple[int, int], model: mujoco.MjModel
) -> None:
    width, height = size
    terms = {f"term_{i}": np.ones(10) for i in range(6)}
    quantities = {f"quantity_{i}_m": np.ones(10) for i in range(4)}
    altered = {"joint_acceleration": np.ones(10, np.float32)}
    episode = dataclasses.replace(
        record(model, steps=10), reward_terms=terms, metrics=quantities, safety=altered
    )
    grey = np.full((height, width, 3), 128, np.uint8)
    drawn = after_five_steps(episode, grey)
    panel = (drawn != 128).any(axis=2)[: height * 3 // 4]
    rows, columns = np.flatnonzero(panel.any(axis=1)), np.flatnonzero(panel.any(axis=0))
    assert 0.1 * height < rows.max() < 0.47 * height
    assert columns.max() < 0.45 * width
    amber = (drawn[..., 0].astype(int) - drawn[..., 2] > 60).any()
    assert amber  # why the action was altered is never left out


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (Moment(success=False), ""),
        (Moment(success=True), "✓ success"),
        (Moment(success=False, last=True, terminated=True), "✗ not solved"),
        (Moment(last=True, terminated=True), "terminated"),
        (Moment(last=True), ""),
    ],
)
def test_the_outcome_is_what_the_environment_reports(moment: Moment, said: str) -> None:
    assert outcome(moment)[0] == said


def test_words_are_legible_on_white(model: mujoco.MjModel) -> None:
    foot = after_five_steps(record(model, steps=10), np.full((480, 640, 3), 255, np.uint8))[-20:]
    assert 0 < foot.min() <= 80 and foot.max() > 200
