"""Simulating a recording again from the command line."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
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
        (["--out", "video.avi"], ".mp4 or .gif"),
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
