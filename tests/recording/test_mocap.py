"""Bodies that tasks move themselves, such as other cars, move in recordings too."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import RecordingError
from robo_ddpg.recording.recorder import record, recordable
from robo_ddpg.recording.recording import Recording
from tasks import make

STEPS = 3


def recorded(task: str) -> Recording:
    env = make_environment(task, 1, threads=1)
    still = np.zeros((1, *env.single_action_space.shape), np.float32)
    (recording,) = record(env, recordable(env), lambda _: still, [0], STEPS)
    env.close()
    return recording


@pytest.fixture(scope="module")
def drive() -> Recording:
    return recorded("drive")


def test_other_cars_move_from_frame_to_frame(drive: Recording, tmp_path: Path) -> None:
    loaded = Recording.load(drive.save(tmp_path / "drive.npz"))
    places = np.array([data.mocap_pos.copy() for data in loaded.iterate_data(make("drive").model)])
    assert len(places) == len(drive.states)
    moved = np.linalg.norm(np.diff(places, axis=0), axis=-1)
    assert (moved.min(0) > 0.1).all()
    np.testing.assert_allclose(moved, moved.mean(0) * np.ones_like(moved), rtol=0.3)


def test_a_part_of_an_episode_has_its_part_of_them(drive: Recording) -> None:
    part = drive.first(2)
    assert part.mocap is not None
    assert drive.mocap is not None
    np.testing.assert_array_equal(part.mocap, drive.mocap[: len(part.states)])


def test_bodies_that_stay_are_kept_once() -> None:
    assert recorded("reach").mocap is None


def test_other_numbers_of_frames_or_bodies_are_refused(drive: Recording) -> None:
    with pytest.raises(RecordingError, match="mocap"):
        dataclasses.replace(drive, mocap=drive.mocap[1:])
    other = dataclasses.replace(drive, mocap=drive.mocap[:, 7:])
    with pytest.raises(RecordingError, match="7 a body"):
        next(other.iterate_data(make("drive").model))
