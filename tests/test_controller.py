"""Controllers as files: exact, safe to load, and never half."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from robo_ddpg import Controller
from robo_ddpg.controller import digest, shipped
from robo_ddpg.envs.names import ForeignSource, environment_of, source_of
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import ControllerError, RoboDDPGError, UnknownEnvironmentError


def some_controller() -> Controller:
    """A policy of two layers with normalised observations."""
    rng = np.random.default_rng(0)
    tensors = {
        "actor.0.weight": rng.normal(size=(8, 5)),
        "actor.0.bias": rng.normal(size=8),
        "actor.1.weight": rng.normal(size=(2, 8)),
        "actor.1.bias": rng.normal(size=2),
        "normalizer.offset": rng.normal(size=5),
        "normalizer.scale": rng.uniform(0.5, 2.0, size=5),
        "normalizer.clip": np.array([5.0]),
    }
    metadata = {
        "format": 1,
        "task": {"name": "reach", "settings": {"episode_s": 1.0, "goal_low_m": [0.3, -0.3, 0.05]}},
        "observation_size": 5,
        "action_low": [-2.0, 0.0],
        "action_high": [2.0, 1.0],
    }
    return Controller({name: value.astype(np.float32) for name, value in tensors.items()}, metadata)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A controller file."""
    return some_controller().save(tmp_path / "c.safetensors")


def refusal(path: Path) -> str:
    """What loading is refused with; one line that names the file."""
    with pytest.raises(ControllerError) as caught:
        Controller.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_saving_and_loading_changes_no_bit(file: Path) -> None:
    before, after = some_controller(), Controller.load(file)
    assert after.metadata == before.metadata
    assert after.tensors.keys() == before.tensors.keys()
    for name, tensor in before.tensors.items():
        np.testing.assert_array_equal(after.tensors[name], tensor)
    observations = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    np.testing.assert_array_equal(after.act(observations), before.act(observations))


def test_a_controller_can_be_saved_again_and_again(file: Path, tmp_path: Path) -> None:
    again = Controller.load(Controller.load(file).save(tmp_path / "again.safetensors"))
    assert again.metadata == some_controller().metadata
    np.testing.assert_array_equal(
        again.act(np.ones(5, np.float32)), some_controller().act(np.ones(5, np.float32))
    )


def test_actions_stay_within_the_bounds_it_was_trained_for(file: Path) -> None:
    wild = np.random.default_rng(1).normal(scale=1e6, size=(200, 5))
    actions = Controller.load(file).act(wild)
    assert actions.dtype == np.float32
    assert (actions >= [-2.0, 0.0]).all()
    assert (actions <= [2.0, 1.0]).all()


def test_one_observation_and_many_give_the_same_actions(file: Path) -> None:
    controller = Controller.load(file)
    observations = np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)
    assert controller.act(observations[0]).shape == (2,)
    np.testing.assert_allclose(
        controller.act(observations), [controller.act(one) for one in observations], rtol=1e-5
    )


@pytest.mark.parametrize("shape", [(4,), (6,), (3, 4), ()])
def test_an_observation_of_another_size_is_refused(file: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ControllerError, match="expects 5 observed values"):
        Controller.load(file).act(np.zeros(shape))


def test_acting_does_not_change_the_observation(file: Path) -> None:
    observation = np.ones((2, 5), np.float32)
    Controller.load(file).act(observation)
    np.testing.assert_array_equal(observation, 1.0)


def test_the_file_is_safetensors_with_the_card_as_json(file: Path) -> None:
    content = file.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert json.loads(header["__metadata__"]["robo_ddpg"])["task"]["name"] == "reach"
    assert b"pickle" not in content
    assert header["actor.0.weight"]["dtype"] == "F32"


def test_others_may_read_the_file(file: Path) -> None:
    plain = file.with_name("plain")
    plain.write_text("")
    assert file.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    refusal(file)


def test_any_flipped_bit_is_noticed(file: Path) -> None:
    content = file.read_bytes()
    rng = np.random.default_rng(0)
    for at in rng.choice(len(content), 150, replace=False):
        damaged = bytearray(content)
        damaged[at] ^= 1 << int(rng.integers(8))
        file.write_bytes(damaged)
        try:
            loaded = Controller.load(file)
        except ControllerError as error:
            assert "\n" not in str(error)
        else:  # harmless, such as white space of the header
            assert loaded.metadata == some_controller().metadata


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95", b"PK\x03\x04", bytes(1000), b"{}" * 99])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    refusal(path)


def test_tensors_of_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": np.zeros(3, np.float32)}, path)
    assert "not written by robo_ddpg" in refusal(path)


def test_another_format_is_refused_with_both_versions(tmp_path: Path) -> None:
    controller = some_controller()
    controller.metadata["format"] = 99
    message = refusal(controller.save(tmp_path / "c.safetensors"))
    assert "99" in message
    assert "1" in message


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    assert "no controller file" in refusal(tmp_path / "nothing.safetensors")
    refusal(tmp_path)


@pytest.mark.parametrize("name", ["nosuch", "no/such.safetensors"])
def test_a_name_that_leads_nowhere_is_answered_with_what_is_possible(name: str) -> None:
    with pytest.raises(ControllerError, match=r"no controller|there is no"):
        Controller.find(name)


def test_a_run_directory_without_a_controller_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControllerError, match=r"controller\.safetensors"):
        Controller.find(tmp_path)


def test_a_place_that_cannot_be_written_is_named() -> None:
    with pytest.raises(ControllerError, match="/proc/nowhere"):
        some_controller().save("/proc/nowhere/c.safetensors")


def test_a_failed_save_leaves_the_file_of_before(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ControllerError, match="No space left"):
        some_controller().save(file)
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_its_task_can_be_made_from_the_card() -> None:
    task = make_task_of(some_controller().task)
    assert task.episode_steps == 20
    assert task.settings.goal_low_m == (0.3, -0.3, 0.05)


def test_a_card_of_a_task_that_has_changed_since_is_refused_in_one_line() -> None:
    controller = some_controller()
    controller.metadata["task"]["settings"]["gone"] = 1
    with pytest.raises(RoboDDPGError, match="gone"):
        make_task_of(controller.task)


def test_shipped_controllers_are_found_by_the_name_of_their_task() -> None:
    assert "reach" in shipped()
    for name in shipped():
        controller = Controller.find(name)
        assert controller.task["name"] == name
        assert (
            name.startswith("building") or controller.metadata["evaluation"]["success_rate"] > 0.9
        )


def test_loading_and_acting_needs_no_torch_and_no_environment() -> None:
    code = (
        "import sys, numpy, robo_ddpg\n"
        "c = robo_ddpg.Controller.find('reach')\n"
        "c.act(numpy.zeros(c.observation_size))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def stranger(tmp_path: Path, **task: Any) -> Controller:
    """A single file, as somebody else may have sent it."""
    controller = Controller.find("reach")
    controller.metadata["task"] = controller.task | task
    return Controller.load(controller.save(tmp_path / "stranger.safetensors"))


def test_opening_a_strangers_file_imports_nothing_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    controller = stranger(tmp_path, name="evil:Task")
    with pytest.raises(ControllerError, match="names the module evil, whose code would run"):
        environment_of(controller, 1)
    assert not (tmp_path / "ran").exists()
    with pytest.raises(UnknownEnvironmentError, match="nothing of that name"):
        environment_of(controller.vouched("evil:Task"), 1)
    assert (tmp_path / "ran").exists()


def test_an_interpreter_is_used_only_if_the_user_names_it(tmp_path: Path) -> None:
    trap = tmp_path / "python"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    trap.chmod(0o755)
    controller = stranger(tmp_path, name="Pendulum-v1", python=str(trap))
    with pytest.raises(ControllerError, match="names the interpreter"):
        environment_of(controller, 1)
    assert source_of(controller.vouched("Pendulum-v1")) == ForeignSource("Pendulum-v1")
    assert not (tmp_path / "ran").exists()


def test_vouching_for_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControllerError, match="is for 'reach', not 'grasp'"):
        stranger(tmp_path).vouched("grasp")


def test_actions_have_the_form_that_the_environment_takes(tmp_path: Path) -> None:
    part = {"path": ["x"], "kind": "Box", "shape": [38], "name": "x", "size": 38}
    low, high = [[-1, -1, -1]], [[1, 1, 1]]
    form = {"shape": [1, 3], "dtype": "int64", "low": low, "high": high}
    controller = stranger(tmp_path, observation=[part], action=form)
    one, many = {"x": np.ones(38)}, {"x": np.ones((3, 38))}
    assert controller.act(one).shape == (1, 3)
    assert controller.act(many).shape == (3, 1, 3)
    assert controller.act(one).dtype == np.int64
    with pytest.raises(ControllerError, match="the observation has no x"):
        controller.act({"y": np.ones(38)})


def card(**changes: Any) -> Any:
    return json.dumps(some_controller().metadata | changes)


REACH = {"name": "reach", "settings": {}}
FORM = {"shape": [2], "dtype": "float32", "low": [0, 0], "high": [1, 1]}
PART = {"path": [], "kind": "Box", "shape": [5]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "no object"),
        ("NaN", "not finite"),
        ("{}", "it has no 'format'"),
        ("[" * 100_000, "levels deep"),
        (card(task=None), "task cannot be None"),
        (card(task={"name": ["reach"], "settings": {}}), "name cannot be"),
        (card(observation_size=True), "observation_size cannot be True"),
        (card(observation_size=6), "observations of 5 or 6 values"),
        (card(action_low=[0.0] * 3, action_high=[1.0] * 3), "2 actions, expected 3"),
        (card(action_low=["a", "b"]), "could not convert"),
        (card(action_low=[[0.0, 0.0]]), "action_low cannot be"),
        (card(task=REACH | {"observation": [PART | {"shape": [10**12]}]}), "observations of 5 or"),
        (card(task=REACH | {"observation": [PART | {"shape": [-5]}]}), "a shape of"),
        (card(task=REACH | {"observation": [PART | {"choices": [-(10**9)]}]}), "choices"),
        (card(task=REACH | {"action": FORM | {"dtype": "S999999999"}}), "actions of the type"),
        (card(task=REACH | {"action": FORM | {"dtype": "O"}}), "actions of the type O"),
        (card(task=REACH | {"action": FORM | {"shape": [10**9]}}), "bounds of shape"),
    ],
)
def test_what_a_file_says_of_itself_has_to_fit(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    tensors = some_controller().tensors
    save_file(tensors, path, metadata={"robo_ddpg": text, "sha256": digest(text, tensors)})
    assert reason in refusal(path)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("actor.0.weight", np.full((8, 5), np.nan, np.float32)),
        ("actor.0.weight", np.zeros((8, 5), np.uint8)),
        ("actor.0.weight", np.zeros((9, 5), np.float32)),
        ("actor.1.bias", np.zeros((2, 1), np.float32)),
        ("normalizer.scale", np.zeros(4, np.float32)),
        ("normalizer.clip", np.zeros(0, np.float32)),
    ],
)
def test_networks_that_cannot_act_are_refused(name: str, values: Any, tmp_path: Path) -> None:
    controller = some_controller()
    controller.tensors[name] = values
    refusal(controller.save(tmp_path / "c.safetensors"))


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c.safetensors")
    assert "no plain file" in refusal(tmp_path / "c.safetensors")


def test_arguments_of_an_older_environment_may_not_name_a_module(tmp_path: Path) -> None:
    controller = stranger(tmp_path, name="GymV26Environment-v0", settings={"env_id": "evil:X-v0"})
    with pytest.raises(ControllerError, match="names the module GymV26Environment"):
        source_of(controller)
