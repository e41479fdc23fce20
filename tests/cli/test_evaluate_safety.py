"""Evaluating a controller with and without the safety filter, from the command line."""

import json
from pathlib import Path
from typing import Any

from robo_ddpg.cli.app import WRONG_INPUT, main
from robo_ddpg.controller import Controller

FEW = ["--episodes", "4"]


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
    assert "altered: joint_acceleration" in filtered
    assert "altered: joint_acceleration" not in unfiltered


def test_an_environment_without_a_filter_is_told_apart(tmp_path: Path, capsys: Any) -> None:
    controller = Controller.find("reach")
    card = controller.metadata | {"task": {"name": "Pendulum-v1", "settings": {}}}
    path = tmp_path / "pendulum.safetensors"
    Controller(controller.tensors, card).save(path)
    assert main(["evaluate", str(path), "--safety", "off"]) == WRONG_INPUT
    assert "Pendulum-v1 has no safety filter; leave out --safety off" in capsys.readouterr().err


def test_a_controller_of_another_model_is_evaluated_with_a_warning(
    tmp_path: Path, capsys: Any
) -> None:
    shipped = Controller.find("reach")
    card = shipped.metadata | {"task": {**shipped.task, "model_hash": "0" * 64}}
    path = Controller(shipped.tensors, card).save(tmp_path / "other.safetensors")
    assert main(["evaluate", str(path), *FEW]) == 0
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if "warning" in line]
    assert "another model" in warning
