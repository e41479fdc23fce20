"""An exported policy acts as the controller does, and says what its numbers mean."""

import builtins
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

import tasks
from robo_ddpg.controller import Controller
from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import SettingsError
from robo_ddpg.export import parity
from robo_ddpg.export.contract import contract
from robo_ddpg.export.onnx_file import METADATA, export_onnx


def controller_of(name: str, dtype: Any = np.float32, **task: Any) -> Controller:
    """One of three observed values that are normalised, and two actions of unequal bounds."""
    rng = np.random.default_rng(0)
    sizes = ((8, 3), (2, 8))
    tensors = {f"actor.{i}.weight": rng.normal(size=s) for i, s in enumerate(sizes)}
    tensors |= {f"actor.{i}.bias": rng.normal(size=s[0]) for i, s in enumerate(sizes)}
    tensors |= {"normalizer.scale": np.array([1.0, 1e3, 1e-3]), "normalizer.clip": np.array([5.0])}
    single = {key: value.astype(np.float32) for key, value in tensors.items()}
    single["normalizer.offset"] = np.array([0.0, 1e5, 1.0], dtype)
    described = {"name": name, "settings": {}, **task}
    bounds = {"action_low": [-2.0, 0.0], "action_high": [2.0, 0.3]}
    return Controller(single, {"task": described, "observation_size": 3, **bounds})


@pytest.mark.parametrize("name", ["reach", "locomotion-quadruped"])
def test_shipped_controllers_act_the_same_to_a_millionth(name: str, tmp_path: Path) -> None:
    exported = export_onnx(name, tmp_path / "policy.onnx")
    assert exported.observations >= 100_000
    assert exported.largest_difference <= 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_normaliser_far_from_zero_is_in_the_graph(dtype: Any, tmp_path: Path) -> None:
    controller = controller_of("Pendulum-v1", dtype)
    path = export_onnx(controller, tmp_path / "policy.onnx").onnx
    observations = np.array([[0.3, 1e5 + 1e-2, -2.0], [np.nan, 1e5, 1.0], [np.inf, 0, -np.inf]])
    session = onnxruntime.InferenceSession(str(path))
    (action,) = session.run(None, {"observation": observations.astype(dtype)})
    expected = controller.act(observations.astype(dtype))
    np.testing.assert_allclose(action, expected, atol=1e-6)
    assert np.isnan(action[1]).all()
    assert np.isfinite(action[2]).all()


def test_a_graph_that_acts_differently_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = controller_of("Pendulum-v1")
    path = export_onnx(controller, tmp_path / "policy.onnx").onnx
    controller.tensors["actor.1.bias"] += np.float32(1e-4)
    other = Controller(controller.tensors, controller.metadata)
    assert parity.parity(other, path, 1000)[1] > 1e-6
    monkeypatch.setattr(onnxruntime.InferenceSession, "run", lambda *_: [np.zeros((1000, 2))])
    assert parity.parity(other, path, 1000)[1] == np.inf, "it makes numbers of what is none"


def test_the_commanded_motion_is_an_output_in_physical_units(tmp_path: Path) -> None:
    path = export_onnx("grasp", tmp_path / "policy.onnx").onnx
    session = onnxruntime.InferenceSession(str(path))
    size = session.get_inputs()[0].shape[1]
    action, command = session.run(None, {"observation": np.full((1, size), 0.1, np.float32)})
    told = json.loads((tmp_path / "policy.json").read_text())["command"]
    expected = [q["zero"] + q["one"] * a for q, a in zip(told, action[0], strict=True)]
    np.testing.assert_allclose(command[0], expected, rtol=1e-6)
    assert [q["unit"] for q in told] == ["m/s", "m/s", "m/s", "rad/s", "m"]


def test_the_contract_lies_beside_the_graph_and_in_it(tmp_path: Path) -> None:
    path = export_onnx("reach", tmp_path / "policy.onnx").onnx
    told = json.loads((tmp_path / "policy.json").read_text())
    (inside,) = (p.value for p in onnx.load(path).metadata_props if p.key == METADATA)
    assert json.loads(inside) == told
    assert told["control_hz"] == 20.0
    assert told["robot"]["limits"]["velocity_rad_s"][0] == 2.175
    assert told["evaluation"]["success_rate"] > 0.9
    assert told["model_matches"] is True


@pytest.mark.parametrize("name", tasks.names())
def test_every_number_of_a_task_has_a_name(name: str) -> None:
    task = make_task(name, observed_actions=0)
    simulation = Simulation(task, 1, threads=1)
    shown = task.observed()
    assert [*shown] == [*task.layout]
    for part, quantity in shown.items():
        size = task.layout[part].stop - task.layout[part].start
        np.broadcast_to(quantity.one, size)
        np.broadcast_to(quantity.zero, size)
    assert len(simulation.drive.commanded()) == simulation.action_size


def test_observed_quantities_are_those_of_the_simulation() -> None:
    task = make_task("reach")
    simulation = Simulation(task, 1, threads=1)
    observation = simulation.reset(np.arange(1))[0]
    told, part = task.observed()["joint_position"], task.layout["joint_position"]
    angles = np.asarray(told.zero) + observation[part] * np.asarray(told.one)
    np.testing.assert_allclose(angles, simulation.batch.bind("qpos")[0, :7], atol=1e-6)


def test_an_environment_of_others_has_the_names_that_its_observation_has() -> None:
    told, command = contract(controller_of("Pendulum-v1"))
    assert command is None
    assert told["observation"] == {"parts": [{"name": "observation", "first": 0, "size": 3}]}
    np.testing.assert_allclose(told["action"]["high"], [2.0, 0.3])


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"name the file \.onnx"):
        export_onnx("reach", tmp_path / "policy.pb")


def test_without_onnx_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name.startswith("onnx"):
            raise ImportError(name=name)
        return imported(name, *arguments)

    monkeypatch.delitem(__import__("sys").modules, "robo_ddpg.export.graph", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match=r"needs onnx: pip install 'robo-ddpg\[onnx\]'"):
        export_onnx("reach", tmp_path / "policy.onnx")
