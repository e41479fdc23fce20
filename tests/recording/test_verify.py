"""A recording is verified to the last bit, and a changed one is told apart."""

import dataclasses

import numpy as np
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.errors import RecordingError
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.verify import verify


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    world = {"episode_s": 0.5, "random_latency_steps": 0}
    return record_episodes(Controller.find("reach"), seeds=[4, 9, 2], **world)


def test_episodes_of_a_batch_are_bit_identical_one_by_one(recordings: list[Recording]) -> None:
    for recording in recordings:
        assert verify(recording).identical, verify(recording)


def test_the_seeds_given_are_the_seeds_recorded(recordings: list[Recording]) -> None:
    assert [recording.seed for recording in recordings] == [4, 9, 2]


def test_one_flipped_bit_of_a_state_is_found_with_its_time(recordings: list[Recording]) -> None:
    states = recordings[0].states.copy()
    states[12, 3] = np.nextafter(states[12, 3], 9.0)
    found = verify(dataclasses.replace(recordings[0], states=states))
    assert not found.identical
    assert (found.departs, found.row, found.time_s) == ("states", 12, 0.3)


def test_another_action_departs_within_its_control_step(recordings: list[Recording]) -> None:
    actions = recordings[0].actions.copy()
    actions[4] = -actions[4]
    found = verify(dataclasses.replace(recordings[0], actions=actions))
    assert found.departs == "states"
    assert found.row in (9, 10)  # two states per control step


def test_another_seed_departs_at_the_start(recordings: list[Recording]) -> None:
    found = verify(dataclasses.replace(recordings[0], seed=5))
    assert (found.departs, found.time_s) == ("initial", 0.0)


def test_a_recording_of_another_model_is_refused(recordings: list[Recording]) -> None:
    with pytest.raises(RecordingError, match="another model"):
        verify(dataclasses.replace(recordings[0], model_hash="0" * 64))


def test_a_recording_with_other_actions_than_the_task_takes_is_refused(
    recordings: list[Recording],
) -> None:
    wrong = dataclasses.replace(recordings[0], actions=recordings[0].actions[:, :1])
    with pytest.raises(RecordingError, match="shape"):
        verify(wrong)


def test_requested_and_applied_motion_are_kept(recordings: list[Recording]) -> None:
    metrics = recordings[0].metrics
    assert (metrics["applied_rad_s"] <= metrics["requested_rad_s"].max() + 1e-9).all()
    assert metrics["distance_m"][-1] < metrics["distance_m"][0]
