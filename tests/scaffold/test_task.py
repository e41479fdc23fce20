"""A new task trains as it stands, keeps to the contract, and overwrites nothing."""

import sys
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.scaffold.task import KINDS, class_of, new_task
from robo_ddpg.testing import episodes, rewards
from robo_ddpg.training.task_defaults import train_settings


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_task_trains_as_it_stands(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"new_{kind}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["new", "task", name, "--kind", kind]) == 0
    task = f"{name}:{class_of(name)}"
    short = ["--steps", "2500", "--simulations", "8", "--agent.hidden-sizes", "8", "8", "--quiet"]
    if kind != "gymnasium":
        short += ["--environment.episode-s", "0.4"]
    assert main(["train", task, "--out", "run", *short]) == 0
    assert (tmp_path / "run" / "controller.safetensors").exists()
    compile((tmp_path / f"test_{name}.py").read_text(), "test", "exec")
    del sys.modules[name]


@pytest.mark.parametrize("kind", ["arm", "legged"])
def test_a_new_task_keeps_to_the_contract_and_brings_its_settings(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"kept_{kind}"
    new_task(name, kind, tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    task = f"{name}:{class_of(name)}"
    episodes.the_same_seed_gives_the_same_episode(task)
    rewards.reward_terms_lie_within_0_and_1_and_their_weights_sum_to_1(task)
    learning = resolve(task).learning
    assert learning is not None
    settings = train_settings(task)
    assert settings.steps == learning.steps != 300_000
    assert settings.agent.noise_range == learning.agent.get(
        "noise_range", settings.agent.noise_range
    )


def test_what_is_there_stays(tmp_path: Path) -> None:
    mine = tmp_path / "test_push.py"
    mine.write_text("mine")
    with pytest.raises(OutputDirectoryError, match=r"test_push\.py is there already"):
        new_task("push", "arm", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["test_push.py"]
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("name", ["Push", "push-cube", "2push", "class", "", "../push"])
def test_a_name_that_no_module_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name the task in lower case as a module"):
        new_task(name, "arm", tmp_path)


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"unknown kind 'boat'; available: arm, legged, gymn"):
        new_task("push", "boat", tmp_path)


def test_only_tasks_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "robot", "push"]) == 2
    assert "robo-ddpg new task NAME writes a task; unknown: 'robot'" in capsys.readouterr().err
