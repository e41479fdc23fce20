"""Evaluating a controller from the command line, with and without the safety filter."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller

FEW = ["--episodes", "4"]
KEYS = {
    "task",
    "controller",
    "episodes",
    "seed",
    "success_rate",
    "success_low",
    "success_high",
    "return_mean",
    "return_iqm",
    "return_low",
    "return_high",
    "length_mean",
    "safety",
    "violations",
}
"""Of `evaluate --json`; programs read them."""
TINY = (
    *("--steps", "400", "--simulations", "8", "--evaluate-every", "400", "--quiet"),
    *("--environment.episode-s", "0.5"),
)


def summary(capsys: Any, *words: str) -> dict[str, Any]:
    assert main(["evaluate", "reach", *FEW, "--json", *words]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_both_adds_what_the_controller_does_without_the_filter(capsys: Any) -> None:
    both, on = summary(capsys, "--safety", "both"), summary(capsys)
    without = both.pop("without_safety")
    assert both == on
    assert without == summary(capsys, "--safety", "off")
    assert without["seed"] == on["seed"]
    assert on["safety"]["joint_acceleration"] > 0
    assert without["safety"]["joint_acceleration"] == 0
    assert without["jerk_rms_rad_s3_median"] > on["jerk_rms_rad_s3_median"]


def test_the_text_says_which_is_which(capsys: Any) -> None:
    assert main(["evaluate", "reach", *FEW, "--safety", "both"]) == 0
    filtered, unfiltered = capsys.readouterr().out.split("Without the safety filter:\n")
    assert "safety filter on" in filtered and "safety filter off" in unfiltered
    assert "altered: joint acceleration" in filtered
    assert "altered: joint acceleration" not in unfiltered


def test_an_environment_without_a_filter_is_told_apart(
    here: Path, refusal: Callable[..., str]
) -> None:
    controller = Controller.find("reach")
    metadata = controller.metadata | {"task": {"name": "Pendulum-v1", "settings": {}}}
    Controller(controller.tensors, metadata).save(here / "pendulum.safetensors")
    said = refusal("evaluate", "pendulum.safetensors", "--safety", "off")
    assert "Pendulum-v1 has no safety filter; leave out --safety off" in said


def test_a_controller_of_another_model_is_evaluated_with_a_warning(
    tmp_path: Path, capsys: Any
) -> None:
    shipped = Controller.find("reach")
    metadata = shipped.metadata | {"task": {**shipped.task, "model_hash": "0" * 64}}
    path = Controller(shipped.tensors, metadata).save(tmp_path / "other.safetensors")
    assert main(["evaluate", str(path), *FEW]) == 0
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if "warning" in line]
    assert "another model" in warning


def test_evaluate_prints_exactly_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "reach", "--episodes", "3", "--seed", "5", "--json"]) == 0
    captured = capsys.readouterr()
    summary = json.loads(captured.out)
    assert captured.err == ""
    assert summary.keys() >= KEYS
    assert (summary["task"], summary["episodes"], summary["seed"]) == ("reach", 3, 5)
    assert summary["success_low"] <= summary["success_rate"] <= summary["success_high"]
    assert set(summary["violations"].values()) == {0.0}


def test_evaluate_in_words_and_as_a_table(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    assert main(["evaluate", "reach", "--episodes", "3", "--csv", "episodes.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("reach: 3 episodes, success 100.0 % (95 % interval ")
    assert len((here / "episodes.csv").read_text().splitlines()) == 4


def test_a_run_and_its_controller_file_give_the_same_evaluation(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    assert main(["train", "reach", "--out", "run", *TINY]) == 0
    capsys.readouterr()
    results = []
    for name in ("run", "run/controller.safetensors"):
        assert main(["evaluate", name, "--episodes", "4", "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1]


@pytest.mark.parametrize("content", [b"", b"not a controller", None])
def test_a_damaged_controller_is_refused(
    refusal: Callable[..., str], here: Path, content: bytes | None
) -> None:
    path = here / "c.safetensors"
    shipped = Path(Controller.find("reach").path).read_bytes()
    path.write_bytes(shipped[:-100] if content is None else content)
    for command in ("evaluate", "record"):
        assert str(path) in refusal(command, str(path))


def test_a_controller_for_other_observations_is_refused(
    refusal: Callable[..., str], here: Path
) -> None:
    controller = Controller.find("reach")
    layers = {**controller.tensors, "actor.0.weight": np.zeros((128, 7), np.float32)}
    Controller(layers, {**controller.metadata, "observation_size": 7}).save(here / "c.safetensors")
    for command in ("evaluate", "record"):
        said = refusal(command, "c.safetensors")
        assert "was trained for 7 observed values, but 'reach' now has 38" in said


def test_a_controller_for_a_task_that_is_gone_is_refused(
    refusal: Callable[..., str], here: Path
) -> None:
    controller = Controller.find("reach")
    controller.metadata["task"] = {"name": "lost_module:Task", "settings": {}}
    controller.save(here / "c.safetensors")
    said = refusal("evaluate", "c.safetensors")
    assert "whose code would run: if you trust it, name it yourself with --task" in said
    task = ("--task", "lost_module:Task")
    assert "no module 'lost_module'" in refusal("evaluate", "c.safetensors", *task)


def test_an_evaluation_in_a_run_gives_way_only_to_one_of_as_many_episodes(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    Path("run").mkdir()
    Controller.find("reach").save(here / "run/controller.safetensors")
    episodes = []
    for count in ("4", "3", "5"):
        assert main(["evaluate", "run", "--episodes", count]) == 0
        written = json.loads((here / "run/evaluation.json").read_text())["episodes"]
        rows = (here / "run/evaluation.csv").read_text().splitlines()
        assert len(rows) == written + 1
        episodes.append(written)
    assert episodes == [4, 4, 5]
    assert "run/evaluation.json keeps its 4 episodes; --out " in capsys.readouterr().err


def test_a_damaged_evaluation_gives_way(here: Path) -> None:
    Path("run").mkdir()
    Controller.find("reach").save(here / "run/controller.safetensors")
    (here / "run/evaluation.json").write_text('{"episodes": "many"')
    assert main(["evaluate", "run", "--episodes", "2"]) == 0
    assert json.loads((here / "run/evaluation.json").read_text())["episodes"] == 2


def test_a_path_that_cannot_be_written_is_named_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, refusal: Callable[..., str]
) -> None:
    monkeypatch.setattr("robo_ddpg.cli.evaluate.evaluate", lambda *_, **__: pytest.fail("too late"))
    for option in ("--csv", "--out"):
        said = refusal("evaluate", "reach", option, "/proc/nowhere/x")
        assert "cannot write /proc/nowhere/x: No such file" in said


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_numbers_are_said_even_if_they_cannot_be_written(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("robo_ddpg.cli.evaluate.check_place", lambda _: None)  # full since then
    assert main(["evaluate", "reach", *FEW, "--csv", "/proc/nowhere/x.csv", *words]) == 2
    captured = capsys.readouterr()
    assert "success" in captured.out
    assert "cannot write /proc/nowhere/x.csv" in captured.err
