"""A run that was killed or interrupted ends as if it had not been, to the bit."""

import dataclasses
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.controller import Controller
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.checkpoints.machine import machine
from robo_ddpg.training.checkpoints.store import Checkpoints
from robo_ddpg.training.checkpoints.trial import RESTART, check_restorable
from robo_ddpg.training.notes import what_resuming_changes
from robo_ddpg.training.progress import PlainProgress, SilentProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.start import resume, train
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer
from tests.faulty import HIDING, WATCHED
from tests.training.test_trainer import Notes, without_times

SMALL: dict[str, Any] = {
    "hidden_sizes": (8, 8),
    "batch_size": 16,
    "warmup_transitions": 32,
    "replay_capacity": 96,
    "repeat_probability": 0.2,
    "repeat_steps": (2, 5),
    "return_scale": 10.0,
}
"""The ring is overwritten from the 25th step of 4 simulations on."""
SHORT: dict[str, Any] = {
    "simulations": 4,
    "steps": 200,
    "evaluate_every": 60,
    "evaluation_episodes": 1,
    "mastered_times": 0,
}
RANDOM = {
    "random_mass": 0.2,
    "random_friction": 0.2,
    "random_strength": 0.2,
    "random_latency_steps": 2,
    "random_push_n": 10.0,
}


class Killed(BaseException):
    """As sudden as a test can be."""


def of_task(name: str) -> TrainSettings:
    """A short run with everything random that there is."""
    return train_settings(name, agent=SMALL, environment={"episode_s": 0.75} | RANDOM, **SHORT)


def of_gymnasium(name: str) -> TrainSettings:
    return TrainSettings(task=name, agent=AgentSettings(**SMALL), **SHORT)


def at(transitions: int, act: Callable[[Trainer], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have something happen once so many transitions were collected."""
    step = Trainer._step

    def stepped(trainer: Trainer) -> None:
        step(trainer)
        if trainer.agent.transitions == transitions:
            act(trainer)

    monkeypatch.setattr(Trainer, "_step", stepped)


def interrupt(trainer: Trainer) -> None:
    trainer._interruption.requested = True


def kill(trainer: Trainer) -> None:
    raise Killed


def result(run: RunDirectory) -> tuple[Any, Any, Any]:
    """Metrics, all that the learner is, and the best controller."""
    newest = Checkpoints(run.checkpoints).newest
    assert newest is not None
    rows = without_times(read_metrics(run.metrics))
    return rows, load_file(newest / "agent.safetensors"), Controller.find(run.path).tensors


def assert_same(run: RunDirectory, expected: RunDirectory) -> None:
    rows, *tensors = result(run)
    expected_rows, *expected_tensors = result(expected)
    assert rows == expected_rows
    for one, other in zip(tensors, expected_tensors, strict=True):
        assert one.keys() == other.keys()
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name], name)


def resumed_exactly(settings: TrainSettings, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill a run after an evaluation that is no longer in its checkpoint, then interrupt it."""
    whole, run = RunDirectory(place / "whole"), RunDirectory(place / "run")
    train(settings, whole, SilentProgress())
    progress = Notes()
    with monkeypatch.context() as patch:
        at(108, lambda trainer: trainer._checkpoint(), patch)
        at(132, kill, patch)
        with pytest.raises(Killed):
            train(settings, run, progress)
    with monkeypatch.context() as patch:
        at(160, interrupt, patch)
        resume(run, progress)
    assert len(read_metrics(run.metrics)) == 2, "no row that the whole run does not have"
    resume(run, progress)
    assert not any(RESTART in line for line in progress.lines), progress.lines
    assert_same(run, whole)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at curve, report and final evaluation, and no power fails."""
    for name in ("training.trainer.write_pages", "training.trainer.evaluate_best", "files._sync"):
        monkeypatch.setattr(f"robo_ddpg.{name}", lambda *_: None)


def test_simulations_of_every_task_go_on_to_the_bit(task_name: str) -> None:
    check_restorable(of_task(task_name))


@pytest.mark.parametrize("name", ["HalfCheetah-v5", "Ant-v5", "MountainCarContinuous-v0"])
def test_simulations_of_gymnasium_go_on_to_the_bit(name: str, in_turn: None) -> None:
    check_restorable(of_gymnasium(name))


def test_data_of_mujoco_goes_on_to_the_bit(in_turn: None) -> None:
    each_by_itself = {"forward_reward_weight": 2.0}
    check_restorable(
        dataclasses.replace(of_gymnasium("HalfCheetah-v5"), environment=each_by_itself)
    )


def test_a_task_goes_on_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resumed_exactly(of_task("grasp-any"), tmp_path, monkeypatch)


def test_an_environment_of_gymnasium_goes_on_to_the_bit(
    in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed_exactly(of_gymnasium("Pendulum-v1"), tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (WATCHED, r"window is a _thread\.lock, which cannot be saved"),
        (HIDING, "holds something out of sight: a copy of it went on differently"),
    ],
)
def test_simulations_that_cannot_be_saved_begin_anew_and_it_is_said(
    name: str, reason: str, in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, progress = RunDirectory(tmp_path / "run"), Notes()
    (said,) = what_resuming_changes(of_gymnasium(name))
    assert re.fullmatch(f"if this run is stopped and resumed, {RESTART}: .*{reason}", said)
    with monkeypatch.context() as patch:
        at(80, interrupt, patch)
        train(of_gymnasium(name), run, progress)
    monkeypatch.setattr(Trainer, "_step", kill)
    with pytest.raises(Killed) as caught:
        resume(run, progress)
    assert re.search(f"{RESTART}: .*{reason}", "\n".join(progress.lines))
    trainer = next(e.locals["trainer"] for e in caught.traceback if "trainer" in e.locals)
    assert (trainer.agent.replay_buffer.ring.episode_end < 20).all()


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_again(
    tmp_path: Path, in_turn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, run = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "run")
    train(of_gymnasium("Pendulum-v1"), whole, SilentProgress())
    with monkeypatch.context() as patch:
        at(100, kill, patch)
        with pytest.raises(Killed):
            train(of_gymnasium("Pendulum-v1"), run, SilentProgress())
    resume(run, SilentProgress())
    assert_same(run, whole)


def test_a_run_that_nobody_reads_any_more_is_saved_as_after_an_interruption(
    in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: Any) -> None:
        raise BrokenPipeError

    run, progress = RunDirectory(tmp_path / "run"), PlainProgress("train")
    monkeypatch.setattr(sys.stderr, "write", closed)
    train(of_gymnasium("Pendulum-v1"), run, progress)
    assert progress.unread
    assert Checkpoints(run.checkpoints).newest == run.checkpoints / "0"


def test_a_run_whose_directory_vanished_does_not_make_a_fragment_of_it(
    in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory(tmp_path / "run")
    at(80, lambda _: shutil.rmtree(run.path), monkeypatch)
    with pytest.raises(OutputDirectoryError, match="run has vanished"):
        train(of_gymnasium("Pendulum-v1"), run, SilentProgress())
    assert not run.path.exists()


def test_other_versions_are_named_when_a_run_goes_on(
    in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, progress = RunDirectory(tmp_path / "run"), Notes()
    with monkeypatch.context() as patch:
        at(80, interrupt, patch)
        train(of_gymnasium("Pendulum-v1"), run, SilentProgress())
    here = machine()
    other = {"versions": here["versions"] | {"mujoco": "9.0"}, "instructions": "AVX9"}
    monkeypatch.setattr("robo_ddpg.training.checkpoints.machine.machine", lambda: other)
    resume(run, progress)
    assert any(line.startswith("mujoco is 9.0, was ") for line in progress.lines)
    assert any("computes with AVX9" in line for line in progress.lines)
