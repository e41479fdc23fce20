"""Contacts that begin are found and played slower, in pictures that are really different."""

import dataclasses
import functools
from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.errors import RecordingError, VideoError
from robo_ddpg.model_fields import model_hash
from robo_ddpg.recording import video
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.slow_motion import (
    AFTER_S,
    BEFORE_S,
    contacts_begun,
    paces,
    times_shown,
)
from robo_ddpg.recording.verify import in_full, verify
from robo_ddpg.recording.video import render_recordings
from tests.recording.pendulum import state

FALL_M = 0.3
BALLS = f"""
<mujoco>
  <option timestep="0.0025"/>
  <default><geom solref="-5000 0"/></default>
  <worldbody>
    <camera name="front" pos="0 -2 .5" xyaxes="1 0 0 0 0 1"/>
    <geom name="floor" type="plane" size="1 1 .1"/>
    <body name="lying" pos="0 0 .049"><freejoint/><geom size=".05"/></body>
    <body name="trembling" pos=".3 0 .055"><freejoint/><geom size=".05"/></body>
    <body name="falling" pos=".6 0 {FALL_M + 0.05}"><freejoint/><geom size=".05"/></body>
  </worldbody>
</mujoco>
"""
RATE = 400.0
LANDING_S = np.sqrt(2 * FALL_M / 9.81)


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(BALLS)


@pytest.fixture(scope="module")
def fall(model: mujoco.MjModel) -> Recording:
    """A second in which one ball lands and bounces, by much; the others all but lie there."""
    data = mujoco.MjData(model)
    kinds = mujoco.mjtState.mjSTATE_INTEGRATION, mujoco.mjtState.mjSTATE_FULLPHYSICS
    initial, *states = (state(model, data, kind) for kind in kinds)
    for _ in range(int(RATE)):
        mujoco.mj_step(model, data)
        states.append(state(model, data, kinds[1]))
    steps = 20
    return Recording(
        task={"name": "balls", "settings": {}},
        model_hash=model_hash(model),
        seed=0,
        frames_per_second=RATE,
        control_hz=20.0,
        initial=initial,
        states=np.array(states),
        actions=np.zeros((steps, 1), np.float32),
        rewards=np.zeros(steps),
        success=np.zeros(steps, bool),
    )


def test_a_landing_is_a_new_contact_and_lying_or_trembling_is_none(
    model: mujoco.MjModel, fall: Recording
) -> None:
    landing, again = (frame / RATE for frame in contacts_begun(fall, model))
    assert landing == pytest.approx(LANDING_S, abs=0.01)
    assert again == pytest.approx(3 * LANDING_S, abs=0.06)  # it takes its time to bounce


def test_slow_motion_reaches_from_before_a_contact_to_after_it(
    model: mujoco.MjModel, fall: Recording
) -> None:
    played = paces(fall, model, 5.0)
    slow = np.flatnonzero(played == 0.2) / RATE
    assert len(slow) == 2 * round((BEFORE_S + AFTER_S) * RATE)
    assert set(played) == {0.2, 1.0}
    assert slow[0] == pytest.approx(LANDING_S - BEFORE_S, abs=0.015)


@pytest.mark.parametrize(
    ("stride", "shown"),
    [
        (1.0, [1, 1, 2, 2, 1, 1]),
        (2.0, [1, 0, 1, 1, 1, 1]),
        (0.5, [2, 2, 4, 4, 2, 1]),
    ],
)
def test_slow_states_are_shown_more_often(stride: float, shown: list[int]) -> None:
    assert times_shown(np.array([1.0, 1.0, 0.5, 0.5, 1.0, 1.0]), stride).tolist() == shown


@pytest.fixture(scope="module")
def reach() -> Recording:
    (recording,) = record_episodes("reach", seeds=[7], episode_s=0.3)
    return recording


def test_every_physics_step_is_found_again_from_a_recording(reach: Recording) -> None:
    full = in_full(reach)
    assert (full.frames_per_second, len(full.states)) == (400.0, 121)
    np.testing.assert_array_equal(full.states[::10], reach.states)
    assert len(np.unique(full.states[:, 1:], axis=0)) == 121
    assert verify(full).identical


def test_an_episode_that_is_not_the_same_again_is_not_shown_in_full(reach: Recording) -> None:
    other = dataclasses.replace(reach, actions=-reach.actions)
    with pytest.raises(RecordingError, match="simulated again it departs"):
        in_full(other)


def test_a_film_is_longer_by_its_slow_part_and_says_when_it_is_slow(
    model: mujoco.MjModel, fall: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "in_full", lambda recording: recording)
    seen: list[Moment] = []
    film = functools.partial(render_recordings, [fall], model, width=32, height=32, overlay=False)
    slow = film(
        tmp_path / "a.mp4", slow_contacts=4.0, watcher=lambda _, moment, __: seen.append(moment)
    )
    slowed = 2 * (BEFORE_S + AFTER_S)
    assert slow.seconds == pytest.approx(1.0 + 3.0 * slowed, abs=0.05)
    times = [moment.seconds for moment in seen if moment.pace == 0.25]
    assert len(set(times)) == len(times) == pytest.approx(60.0 * 4.0 * slowed, abs=2)


def test_nothing_is_slow_in_a_contact_sheet(
    model: mujoco.MjModel, fall: Recording, tmp_path: Path
) -> None:
    with pytest.raises(VideoError, match="contact sheet"):
        render_recordings([fall], model, tmp_path / "a.png", slow_contacts=4.0)
