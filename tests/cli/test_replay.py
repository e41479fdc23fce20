"""Simulating a recording again from the command line."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import make_environment
from robo_ddpg.recording.fault_dump import FaultDump
from robo_ddpg.recording.fault_film import HELD
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.training.instability import InstabilityLog
from tests.cli.conftest import Refusal


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (episode,) = record_episodes(Controller.find("reach"), seeds=[3], episode_s=0.4)
    return episode.save(tmp_path_factory.mktemp("recordings") / "a.npz")


def test_a_recording_replays_and_a_changed_one_fails(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(recording)]) == 0
    assert "bit-identical in all 8 steps" in capsys.readouterr().out
    with np.load(recording) as arrays:
        changed = dict(arrays)
    changed["actions"][2] *= -1
    np.savez(tmp_path / "changed.npz", **changed)
    assert main(["replay", str(tmp_path / "changed.npz"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["departs"] == "states" and not found["identical"]


@pytest.mark.parametrize("content", ["", "half", "other"])
def test_what_is_no_whole_recording_is_refused(
    content: str, recording: Path, here: Path, refusal: Callable[..., str]
) -> None:
    whole = recording.read_bytes()
    (here / "bad.npz").write_bytes(
        {"": b"", "half": whole[: len(whole) // 2], "other": b"x" * 900}[content]
    )
    assert "record" in refusal("replay", "bad.npz")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--camera", "front,moon"], "moon"),
        (["--out", "/proc/video.mp4"], "Cannot write"),
        (["--out", "video.avi"], ".mp4, .gif or .webp"),
    ],
)
def test_wrong_wishes_for_a_video_are_refused(
    words: list[str], message: str, recording: Path, here: Path, refusal: Callable[..., str]
) -> None:
    size = ["--out", "a.mp4", "--width", "64", "--height", "64"]
    assert message in refusal("replay", str(recording), *size, *words)
    assert not list(here.iterdir())


def test_a_module_that_a_recording_names_is_imported_only_if_the_user_names_it(
    recording: Path, here: Path, refusal: Refusal
) -> None:
    (here / "evil_replay.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    episode = Recording.load(recording)
    task = episode.task | {"name": "evil_replay:Task"}
    path = str(dataclasses.replace(episode, task=task).save(here / "stranger.npz"))
    assert "names the module evil_replay, whose code would run" in refusal("replay", path)
    assert not (here / "ran").exists()
    assert "nothing of that name" in refusal("replay", path, "--task", "evil_replay:Task")
    assert (here / "ran").exists()


def broken(here: Path, task: str, **state: Any) -> Path:
    """What is kept of an episode in which something is written into the physics."""
    env = make_environment(task, 2, threads=1)
    log = InstabilityLog(env, here)
    observation, _ = env.reset(seed=0)
    for step in range(3):
        if step == 2 and env.simulation is not None:
            for name, value in state.items():
                env.simulation.batch.bind(name)[1, 2] = value
        action = np.full((2, *env.single_action_space.shape), 0.5, np.float32)
        log.before_step(observation, action)
        observation, *_, info = env.step(action)
    unstable = np.array([False, True])
    log.add(unstable, info.get("faults", {1: "a number = nan"}), 6)
    env.close()
    return here / "6-1.npz"


def test_a_fault_is_named_made_again_and_shown_in_pictures(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = broken(here, "reach", qvel=1e12)
    assert main(["replay", str(dump), "--width", "160", "--height", "120"]) == 0
    fault, again, path = capsys.readouterr().out.splitlines()
    assert "simulation 1, step 3 of its episode: the velocity of joint" in fault
    assert again.removeprefix("made again: ") in fault
    frames = iio.imread(path, plugin="pyav")
    assert frames.shape == (3 + HELD, 120, 160, 3)


@pytest.mark.slow
def test_a_fault_that_is_not_the_physics_is_shown_up_to_its_end(here: Path) -> None:
    dump = broken(here, "reach")
    out = ["--out", "a.mp4", "--width", "64", "--height", "48", "--json"]
    assert main(["replay", str(dump), *out]) == 0
    substeps = len(FaultDump.load(dump).controls)
    assert len(iio.imread(here / "a.mp4", plugin="pyav")) == 3 + substeps + HELD


def test_a_fault_of_an_environment_of_others_is_drawn(
    here: Path, capsys: pytest.CaptureFixture[str], in_turn: None
) -> None:
    dump = broken(here, "Pendulum-v1")
    assert main(["replay", str(dump), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["fault"] == "a number = nan" and said["again"] is None
    assert iio.imread(said["path"]).ndim == 3


def test_a_damaged_fault_is_refused(here: Path, refusal: Refusal) -> None:
    dump = FaultDump.load(broken(here, "reach"))
    states = dump.states | {"qpos": dump.states["qpos"][:, :2]}
    dataclasses.replace(dump, states=states).save(here / "short.npz")
    assert "another model" in refusal("replay", "short.npz")
