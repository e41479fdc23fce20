"""The commands that look closer: exit codes a pipeline can rely on, one line for wrong input."""

import json
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest

from robo_ddpg.cli import commands, study
from robo_ddpg.cli.app import main
from robo_ddpg.cli.options import RecordOptions
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.episodes import Episodes
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.recording.overlay import Overlay
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped controller with its output layer zeroed: it stands still."""
    controller = Controller.find("reach")
    tensors = {name: np.zeros_like(tensor) for name, tensor in controller.tensors.items()}
    path = tmp_path_factory.mktemp("broken") / "broken.safetensors"
    return Controller(tensors, controller.metadata).save(path)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (episode,) = record_episodes(Controller.find("reach"), seeds=[3], episode_s=0.4)
    return episode.save(tmp_path_factory.mktemp("recordings") / "a.npz")


def test_a_worse_controller_fails_the_pipeline_and_a_better_one_passes(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--episodes", "10", "--require-better", "--json"]
    assert main(["compare", "reach", str(broken), *words]) == 1
    worse = json.loads(capsys.readouterr().out)
    assert main(["compare", str(broken), "reach", *words]) == 0
    better = json.loads(capsys.readouterr().out)
    assert worse["success_difference"] == -1.0 == -better["success_difference"]
    assert better["only_b_solved"] == list(range(20_000, 20_010))


def test_without_a_requirement_the_comparison_succeeds_and_explains_itself(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "reach", str(broken), "--episodes", "4"]) == 0
    text = capsys.readouterr().out
    assert "only A solved  20000, 20001, 20002, 20003" in text
    assert "McNemar" in text and "B is not shown to be better" in text


@pytest.mark.slow
def test_disagreements_are_filmed_side_by_side_under_the_names_of_both(
    broken: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = set()
    original = Overlay.__init__

    def noted(self: Overlay, recording: Recording, title: str, *rest: Any) -> None:
        drawn.add((title, bool(recording.success[-1])))
        original(self, recording, title, *rest)

    monkeypatch.setattr(Overlay, "__init__", noted)
    monkeypatch.setattr(study, "MOST_FILMED", 1)
    out = tmp_path / "both.mp4"
    assert main(["compare", "reach", str(broken), "--episodes", "2", "--out", str(out)]) == 0
    assert drawn == {("A: reach, seed 20000", True), ("B: broken, seed 20000", False)}
    assert f"1 of 2 disagreements, 3.0 s: {out}" in capsys.readouterr().out
    frame = iio.imread(out, plugin="pyav", index=60).astype(int)
    assert frame.shape == (480, 1280, 3)
    assert np.abs(frame[:432, :640] - frame[:432, 640:]).mean() > 2


def test_nothing_is_filmed_where_both_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "both.mp4"
    assert main(["compare", "reach", "reach", "--episodes", "2", "--out", str(out)]) == 0
    assert "they agree on every seed" in capsys.readouterr().out
    assert not out.exists()


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
def test_what_is_no_whole_recording_is_one_line_and_exit_code_2(
    content: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = recording.read_bytes()
    path = tmp_path / "bad.npz"
    path.write_bytes({"": b"", "half": whole[: len(whole) // 2], "other": b"x" * 900}[content])
    assert main(["replay", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "record" in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--camera", "front,moon"], "moon"),
        (["--out", "/proc/video.mp4"], "Cannot write"),
        (["--out", "video.avi"], ".mp4 or .gif"),
    ],
)
def test_wrong_wishes_for_a_video_are_one_line_and_exit_code_2(
    words: list[str],
    message: str,
    recording: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    size = ["--out", "a.mp4", "--width", "64", "--height", "64"]
    assert main(["replay", str(recording), *size, *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and message in error
    assert not list(tmp_path.iterdir())


def test_failures_are_filmed_before_successes(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds, solved = 50 + np.arange(4), np.array([True, False, True, False])
    lengths = np.full(4, 50)
    tried = Evaluation("reach", "", 50, Episodes(seeds, np.ones(4), lengths, solved, None, ~solved))
    monkeypatch.setattr("robo_ddpg.evaluation.evaluate.evaluate", lambda *_, **__: tried)
    options = RecordOptions("reach", episodes=3, seed=50, failures_first=True)
    assert commands._seeds_to_film(Controller.find("reach"), options) == [51, 53, 50]
