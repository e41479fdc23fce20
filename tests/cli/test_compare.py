"""Comparing controllers from the command line, with exit codes a pipeline can rely on."""

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest

import robo_ddpg.recording.video  # noqa: F401 - takes Look before a test replaces it
from robo_ddpg.cli import compare
from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.perturbations import PERTURBATIONS
from robo_ddpg.evaluation.robustness import evaluate_robustness
from robo_ddpg.recording.film import writing
from robo_ddpg.recording.film.overlay import Overlay
from robo_ddpg.recording.video import RecordedScene
from tests.recording.still import still


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped controller with its output layer zeroed: it stands still."""
    controller = Controller.find("reach")
    tensors = {name: np.zeros_like(tensor) for name, tensor in controller.tensors.items()}
    path = tmp_path_factory.mktemp("broken") / "broken.safetensors"
    return Controller(tensors, controller.metadata).save(path)


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

    def noted(self: Overlay, scene: RecordedScene, *rest: Any, **how: Any) -> None:
        drawn.add((scene.title, bool(scene.told.success[-1])))
        original(self, scene, *rest, **how)

    monkeypatch.setattr(Overlay, "__init__", noted)
    monkeypatch.setattr(compare, "MOST_FILMED", 1)
    monkeypatch.setattr(writing, "Look", functools.partial(writing.Look, 320, 240))
    out = tmp_path / "both.mp4"
    assert main(["compare", "reach", str(broken), "--episodes", "2", "--out", str(out)]) == 0
    assert drawn == {("A: reach, seed 20000", True), ("B: broken, seed 20000", False)}
    assert f"1 of 2 disagreements, 3.0 s: {out}" in capsys.readouterr().out
    frame = iio.imread(out, plugin="pyav", index=60).astype(int)
    left, right = np.split(frame, 2, axis=1)
    assert left[:, :320].shape == (240, 320, 3)
    assert np.abs(left[:, :320] - right[:, :320]).mean() > 2


def test_nothing_is_filmed_where_both_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "both.mp4"
    assert main(["compare", "reach", "reach", "--episodes", "2", "--out", str(out)]) == 0
    assert "they agree on every seed" in capsys.readouterr().out
    assert not out.exists()


def test_disagreements_in_an_environment_that_draws_itself_are_filmed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(__file__).parents[1] / "envs/foreign")
    idle, moving = still("toys:Moved"), still("toys:Moved")
    moving.tensors["actor.0.bias"][:] = 1.0
    files = [
        str(controller.save(tmp_path / f"{name}.safetensors"))
        for name, controller in (("idle", idle), ("moving", moving))
    ]
    out = tmp_path / "both.mp4"
    words = ("--task", "toys:Moved", "--episodes", "2", "--out", str(out), "--json")
    assert main(["compare", *files, *words]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["only_b_solved"] == [20_000, 20_001]
    assert f"2 of 2 disagreements, 2.2 s: {out}" in captured.err
    frame = iio.imread(out, plugin="pyav", index=5).astype(int)
    left = np.split(frame, 2, axis=1)[0]
    assert left.shape[0] == 480 and left.shape[1] > 640
    assert (left[300, -1] < 30).all()


def test_several_controllers_are_tried_in_the_same_changed_worlds(
    broken: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    noise = dataclasses.replace(PERTURBATIONS["noise"], levels=(0.0, 0.1))
    assert evaluate_robustness.__kwdefaults__
    monkeypatch.setitem(evaluate_robustness.__kwdefaults__, "perturbations", {"noise": noise})
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "reach", str(broken), "--episodes", "2", "--robustness"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = lines[next(k for k, line in enumerate(lines) if "A: reach" in line) :]
    assert table[0].split() == ["A:", "reach", "B:", "broken"]
    assert table[1].split("  ")[0] == "Observation noise [standard deviation]"
    assert " ".join(table[1].split()[4:]) == "0 100 % (34 to 100) 0 % (0 to 66)"
    assert table[2].split()[0] == "0.1"
    written = json.loads(Path("robustness.json").read_text())["controllers"]
    assert [one["control"]["success_rate"] for one in written] == [1.0, 0.0]
    assert Path("robustness.png").read_bytes().startswith(b"\x89PNG")


def test_a_controller_trained_in_a_varying_world_can_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Controller.find("reach")
    settings = {**shipped.task["settings"], "random_mass": 0.5}
    task = {**shipped.task, "settings": settings, "model_hash": "0" * 64}
    varied = Controller(shipped.tensors, {**shipped.metadata, "task": task})
    file = str(varied.save(tmp_path / "varied.safetensors"))
    assert main(["compare", "reach", file, "--episodes", "2", "--json"]) == 0
    captured = capsys.readouterr()
    assert "training did not vary it alike: mass" in captured.err
    summary = json.loads(captured.out)
    assert summary["return_difference"] == 0.0
    assert (summary["model_matches_a"], summary["model_matches_b"]) == (True, False)
    assert [line[:29] for line in compare._lines(summary) if "another model" in line] == [
        "  B was trained with another "
    ]
    assert main(["compare", "reach", file, "reach", "--episodes", "2", "--sequential"]) == 0
