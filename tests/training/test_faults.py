"""What training does about environments that fail: it names them, and saves what was learned."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg import Controller
from robo_ddpg.agent.ddpg import DDPG
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.errors import DivergenceError, EnvironmentFailure, EnvironmentHang
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.checkpoints.store import Checkpoints
from robo_ddpg.training.instability import MOST, WINDOW, DroppedTransitions
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of
from robo_ddpg.training.start import resume, train
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer
from tests.faulty import ENDLESS, NAME

ROOT = Path(__file__).resolve().parents[2]
AGENT = AgentSettings(
    hidden_sizes=(8, 8), batch_size=16, warmup_transitions=64, replay_capacity=20_000
)
TINY = TrainSettings(
    task=NAME,
    agent=AGENT,
    steps=2_000,
    simulations=4,
    evaluate_every=10_000,
    evaluation_episodes=2,
)


@pytest.fixture(autouse=True)
def _untried(in_turn: None) -> None:
    """Faults show in the environments that are used, not in a trial before."""


SLOW_TRAINING = """
from pathlib import Path
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import PlainProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.start import train
from tests.faulty import SLOW
settings = TrainSettings(SLOW, AgentSettings(), steps=10**6, simulations=4, evaluate_every=40)
train(settings, RunDirectory(Path("run")), PlainProgress("slow"))
"""
"""It is judged by 100 episodes of 1,000 steps, at a hundred steps a second."""


class Notes(SilentProgress):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


def failed(run: RunDirectory, fault: str, **changes: Any) -> Exception:
    """The error that a training ends with."""
    environment = {"fault": fault, "at": 150, **changes.pop("environment", {})}
    settings = dataclasses.replace(TINY, environment=environment, **changes)
    with pytest.raises(Exception) as caught:
        train(settings, run, SilentProgress())
    return caught.value


def saved(run: RunDirectory) -> int:
    """Transitions that a run has saved, seen by resuming it and in the controller."""
    trainer = Trainer(settings_of(run.read_config()), run, SilentProgress())
    trainer.resume()
    transitions = trainer.agent.transitions
    assert Controller.load(run.controller).metadata["training"]["transitions"] == transitions
    assert len(trainer.agent.replay_buffer) > 0
    return transitions


@pytest.mark.parametrize("fault", ["raise", "exit", "shape", "hang"])
def test_what_was_learned_until_an_environment_fails_is_saved(fault: str, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    patience = 1.0 if fault == "hang" else 120.0
    error = failed(run, fault, step_timeout_s=patience)
    assert isinstance(error, EnvironmentFailure)
    assert re.search(r"Faulty-v0.*step 150", str(error))
    assert saved(run) == 149 * TINY.simulations
    assert error.__notes__ == [f"what was learned from 596 transitions is in {run.path}"]


def test_a_run_that_failed_goes_on_once_its_environment_is_mended(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    failed(run, "raise")
    config = json.loads(run.config.read_text())
    config["settings"]["environment"] = {}
    run.config.write_text(json.dumps(config))
    evaluation = resume(run, SilentProgress(), steps=1_000)
    assert evaluation is not None
    assert read_metrics(run.metrics)[-1]["transitions"] == 1_000


def test_an_error_in_an_evaluation_saves_too_and_keeps_the_better_controller(
    tmp_path: Path,
) -> None:
    run = RunDirectory(tmp_path / "run")
    error = failed(run, "raise", evaluate_every=400, environment={"at": 150})
    assert "Faulty-v0" in str(error)
    # The evaluation after 400 transitions fails at its 150th step.
    assert saved(run) == 400


@pytest.mark.parametrize(
    "error", [DivergenceError("the loss is not finite"), MemoryError("no room")]
)
def test_what_was_learned_is_saved_whatever_the_error(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def update(learner: DDPG, count: int = 1) -> Any:
        learner.updates += count
        if learner.updates >= 20:
            raise error
        return {"critic_loss": 0.0}

    monkeypatch.setattr(DDPG, "update", update)
    run = RunDirectory(tmp_path / "run")
    assert failed(run, "") is error
    assert saved(run) > 300


def test_what_diverged_does_not_replace_the_checkpoint_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def update(learner: DDPG, count: int = 1) -> Any:
        if learner.transitions > 200:
            raise DivergenceError("values run away")
        return {"critic_loss": 0.0}

    monkeypatch.setattr(DDPG, "update", update)
    monkeypatch.setattr("robo_ddpg.training.trainer.CHECKPOINT_EVERY_S", 0.0)
    run = RunDirectory(tmp_path / "run")
    (note,) = failed(run, "").__notes__
    assert note == f"{run.path} can be resumed where it was last saved"
    newest = Checkpoints(run.checkpoints).newest
    assert newest is not None
    assert newest.name == "204"  # the step whose update diverged


def test_networks_that_are_not_finite_do_not_replace_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def update(learner: DDPG, count: int = 1) -> Any:
        if learner.transitions < 800:
            return {"critic_loss": 0.0}
        for weight in learner._backend.networks.target_actor.layers[0].weight:
            weight.fill_(np.nan)
        raise DivergenceError("the actor is not finite")

    monkeypatch.setattr(DDPG, "update", update)
    run = RunDirectory(tmp_path / "run")
    error = failed(run, "", evaluate_every=400)
    assert isinstance(error, DivergenceError)
    assert "not finite any more" in error.__notes__[0]
    assert np.isfinite(Controller.load(run.controller).act(np.zeros(2))).all()


def test_an_error_before_anything_was_learned_leaves_nothing_behind(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    error = failed(run, "raise", environment={"at": 1})
    assert error.__notes__ == ["nothing had been learned yet"]
    assert not run.path.exists()


def test_what_cannot_be_saved_is_said_and_does_not_hide_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Checkpoints, "_save", full)
    error = failed(RunDirectory(tmp_path / "run"), "raise")
    assert isinstance(error, EnvironmentFailure)
    (note,) = error.__notes__
    assert "could not be saved: cannot write a checkpoint to " in note
    assert note.endswith("no space left on device; the one before is kept")


@pytest.mark.parametrize("fault", ["nan", "infinite reward"])
def test_what_is_not_finite_now_and_then_is_dropped_and_counted(fault: str, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    settings = dataclasses.replace(TINY, environment={"fault": fault, "at": 100})
    evaluation = train(settings, run, SilentProgress())
    # Every episode ends at its 100th step: 500 steps of 4 simulations hold 5 each.
    assert read_metrics(run.metrics)[-1]["unstable"] == 20
    assert evaluation is not None
    assert evaluation.statistics().unstable == 4
    assert evaluation.statistics().length_mean == 100
    trainer = Trainer(settings, run, SilentProgress())
    trainer.resume()
    assert len(trainer.agent.replay_buffer) == 2_000 - 20


def test_too_much_that_is_not_finite_ends_the_run_with_place_and_value(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    error = failed(run, "nan", environment={"at": 4, "each": True})
    assert isinstance(error, EnvironmentFailure)
    where = "Faulty-v0, simulation 0, step 4 of its episode"
    assert str(error).startswith(f"{where}: observation[1] = nan; 104 of the last 10000 ")
    assert "not valid" not in str(error)
    assert saved(run) == 26 * 4 * 4


def test_dropped_transitions_are_counted_among_the_last_ones_only() -> None:
    dropped = DroppedTransitions("x", num_envs=100)
    for _ in range(WINDOW // 100 * 3):
        dropped.add(MOST * 100 // WINDOW, None)
    assert dropped.lately == MOST
    for _ in range(50):
        dropped.add(0, None)
    assert dropped.lately == MOST // 2
    with pytest.raises(EnvironmentFailure, match="x: the physics is unstable; 101 of the last"):
        dropped.add(52, None)


def test_an_environment_without_a_time_limit_is_trained_and_evaluated_and_it_is_said(
    tmp_path: Path,
) -> None:
    progress = Notes()
    run = RunDirectory(tmp_path / "run")
    evaluation = train(dataclasses.replace(TINY, task=ENDLESS, steps=400), run, progress)
    assert "Endless-v0 has no time limit: episodes are cut off after 1000 steps" in progress.lines
    assert evaluation is not None
    assert json.loads(run.evaluation.read_text())["cut"] == 4
    assert evaluation.statistics().length_mean == 1_000
    assert evaluation.statistics().terminated == 0


def interrupted_while_judged(run: RunDirectory, progress: Notes, **changes: Any) -> Any:
    """What a training returns that is interrupted during an evaluation."""
    settings = dataclasses.replace(TINY, evaluate_every=400, **changes)
    run.create(force=False)
    write_json(configuration(settings), run.config)
    trainer = Trainer(settings, run, progress)
    evaluate = trainer.judge.evaluate

    def interrupted(*arguments: Any) -> Any:
        trainer._interruption.requested = True
        return evaluate(*arguments)

    trainer.judge.evaluate = interrupted  # type: ignore[method-assign]
    return trainer.train()


def test_an_interruption_ends_an_evaluation_and_saves_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robo_ddpg.training.trainer.GRACE_S", 600.0)
    run, progress = RunDirectory(tmp_path / "run"), Notes()
    evaluation = interrupted_while_judged(run, progress)
    assert saved(run) == 400
    assert read_metrics(run.metrics) == [], "it adds no row of its own"
    assert progress.lines[-1] == f"interrupted; what was learned is saved in {run.path}"
    assert evaluation.statistics().episodes == 4, "there was time for it"


def test_a_last_evaluation_that_takes_too_long_is_left_out_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robo_ddpg.training.trainer.GRACE_S", 0.0)
    run, progress = RunDirectory(tmp_path / "run"), Notes()
    assert interrupted_while_judged(run, progress) is None
    assert saved(run) == 400
    assert progress.lines[-1] == f"not evaluated; robo-ddpg evaluate {run.path} does that"
    assert not run.evaluation.exists()
    assert run.report.exists()


@pytest.mark.slow
def test_repeated_signals_do_not_kill_what_the_first_one_saves(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_TRAINING],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    assert any(line == "seed 10000\n" for line in lines), "it is being judged, which takes minutes"
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
        time.sleep(0.02)
    assert any("interrupted; what was learned is saved in run" in line for line in lines)
    assert saved(RunDirectory(tmp_path / "run")) == 40
    process.kill()
    process.communicate()


def test_an_environment_that_hangs_while_settings_are_chosen_for_it_is_named_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("robo_ddpg.envs.guarded.STEP_TIMEOUT_S", 0.5)
    with pytest.raises(EnvironmentHang, match="Faulty-v0 hangs: step 5 "):
        train_settings(NAME, environment={"fault": "hang", "at": 5})


@pytest.mark.parametrize("reward", [1.0, 1e6])
def test_rewards_of_an_extreme_unit_are_named_once(reward: float, tmp_path: Path) -> None:
    progress = Notes()
    environment = {"reward_unit": reward}
    settings = dataclasses.replace(TINY, environment=environment, steps=900, evaluate_every=300)
    train(settings, RunDirectory(tmp_path / "run"), progress)
    assert sum("give --agent.reward-scale" in line for line in progress.lines) == (reward == 1e6)
