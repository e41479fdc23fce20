"""Recordings come back as they went, or fail in one line."""

import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.errors import RecordingError
from robo_ddpg.model_fields import model_hash
from robo_ddpg.recording.recording import Recording
from tests.recording.pendulum import PENDULUM, record


@pytest.fixture
def model() -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_string(PENDULUM)


@pytest.fixture
def recording(model: mujoco.MjModel) -> Recording:
    return record(model, steps=10)


def test_a_recording_comes_back_from_its_file_unchanged(
    recording: Recording, tmp_path: Path
) -> None:
    back = Recording.load(recording.save(tmp_path / "episode.npz"))
    for field in dataclasses.fields(Recording):
        np.testing.assert_equal(getattr(back, field.name), getattr(recording, field.name))
    assert back.states.dtype == np.float64
    assert back.actions.dtype == np.float32


def test_nothing_but_the_recording_is_left_in_the_directory(
    recording: Recording, tmp_path: Path
) -> None:
    recording.save(tmp_path / "episode.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["episode.npz"]


def test_an_interrupted_save_leaves_the_older_file_and_nothing_else(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recording.save(tmp_path / "episode.npz")
    before = path.read_bytes()

    def stop_halfway(file: Path, **_: object) -> None:
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", stop_halfway)
    with pytest.raises(KeyboardInterrupt):
        recording.save(path)
    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["episode.npz"]


def test_frames_have_the_tip_where_the_simulation_had_it(
    model: mujoco.MjModel, recording: Recording
) -> None:
    tips = [data.site("tip").xpos.copy() for data in recording.iterate_data(model)]
    angles = recording.states[:, 1]
    expected = 0.6 * np.stack([np.cos(angles), 0 * angles, -np.sin(angles)], axis=1)
    np.testing.assert_allclose(tips, expected, atol=1e-12)


def test_frames_keep_the_mocap_pose_of_the_start(
    model: mujoco.MjModel, recording: Recording
) -> None:
    for data in recording.iterate_data(model):
        np.testing.assert_array_equal(data.body("goal").xpos, [0.1, 0.2, 0.3])


def test_frames_have_the_sizes_of_their_own_simulation(
    model: mujoco.MjModel, recording: Recording
) -> None:
    sizes = model.geom_size + 0.01
    thicker = dataclasses.replace(recording, model_fields={"geom_size": sizes})
    data = next(thicker.iterate_data(model))
    np.testing.assert_array_equal(data.model.geom_size, sizes)
    assert (model.geom_size != sizes).all()


def test_fields_that_the_model_does_not_have_are_refused(
    model: mujoco.MjModel, recording: Recording
) -> None:
    for name, values in (("geom_size", np.zeros((5, 3))), ("geom_taste", np.zeros(2))):
        odd = dataclasses.replace(recording, model_fields={name: values})
        with pytest.raises(RecordingError, match=name):
            next(odd.iterate_data(model))


def test_a_recording_of_an_earlier_version_still_loads(
    model: mujoco.MjModel, recording: Recording, tmp_path: Path
) -> None:
    path = recording.save(tmp_path / "episode.npz")
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files if not name.startswith("model_fields")}
    head = json.loads(str(arrays["head"]))
    del head["versions"]
    head["events"] = {"note": "kept by an earlier version"}
    np.savez(path, **{**arrays, "head": np.array(json.dumps(head))})
    old = Recording.load(path)
    assert old.versions == old.model_fields == {}
    assert next(old.iterate_data(model)).time == 0.0


def test_another_model_is_refused(recording: Recording) -> None:
    longer = mujoco.MjModel.from_xml_string(PENDULUM.replace(".6 0 0", ".7 0 0"))
    with pytest.raises(RecordingError, match=r"another model.*mujoco 4\.0\.0"):
        next(recording.iterate_data(longer))


def test_the_model_hash_is_the_same_in_another_process(model: mujoco.MjModel) -> None:
    script = (
        "import sys, mujoco\nfrom robo_ddpg.model_fields import model_hash\n"
        "print(model_hash(mujoco.MjModel.from_xml_string(sys.stdin.read())))"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], input=PENDULUM, capture_output=True, text=True, check=True
    )
    assert child.stdout.strip() == model_hash(model)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not a zip file", b"hello", pickle.dumps({"a": 1})],
    ids=["empty", "broken zip", "text", "pickle"],
)
def test_a_foreign_file_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "episode.npz"
    path.write_bytes(content)
    assert_refused(path)


def test_an_archive_of_something_else_is_refused_in_one_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))
    np.save(tmp_path / "array.npy", np.zeros(3))
    assert_refused(tmp_path / "other.npz")
    assert_refused(tmp_path / "array.npy")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_recording_is_refused_in_one_line(
    share: float, recording: Recording, tmp_path: Path
) -> None:
    path = recording.save(tmp_path / "episode.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert_refused(path)


def test_a_flipped_byte_is_refused_or_harmless(recording: Recording, tmp_path: Path) -> None:
    path = recording.save(tmp_path / "episode.npz")
    content = bytearray(path.read_bytes())
    for position in range(0, len(content), 97):
        damaged = content.copy()
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            back = Recording.load(path)
        except RecordingError as error:
            assert "\n" not in str(error)
        else:
            np.testing.assert_array_equal(back.states, recording.states)


def assert_refused(path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        Recording.load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_arrays_of_different_lengths_are_refused(recording: Recording) -> None:
    with pytest.raises(RecordingError, match="9 of success for 10 rewards"):
        dataclasses.replace(recording, success=recording.success[:9])


def test_what_json_cannot_hold_is_refused(recording: Recording, tmp_path: Path) -> None:
    odd = dataclasses.replace(recording, task={"name": "x", "settings": {"when": object()}})
    with pytest.raises(RecordingError, match="JSON"):
        odd.save(tmp_path / "episode.npz")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(recording: Recording, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"Cannot write .*episode\.npz"):
        recording.save(tmp_path / "file" / "episode.npz")


def test_what_the_agent_saw_comes_back_and_may_be_missing(
    recording: Recording, tmp_path: Path
) -> None:
    assert Recording.load(recording.save(tmp_path / "old.npz")).observations is None
    seen = dataclasses.replace(
        recording,
        observations=np.ones((11, 3), np.float32),
        terminated=np.arange(10) == 9,
        reward_info=np.ones((10, 2), np.float32),
    )
    back = Recording.load(seen.save(tmp_path / "new.npz"))
    for name in ("observations", "terminated", "reward_info"):
        np.testing.assert_array_equal(getattr(back, name), getattr(seen, name))


@pytest.mark.parametrize(("name", "length"), [("observations", 10), ("terminated", 11)])
def test_observations_are_one_more_than_steps(recording: Recording, name: str, length: int) -> None:
    with pytest.raises(RecordingError, match=f"Got {length} .*for 10 rewards"):
        dataclasses.replace(recording, **{name: np.zeros(length)})
