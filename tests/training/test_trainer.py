"""Training: what a run leaves behind, that it can be repeated, continued and interrupted."""

import csv
import dataclasses
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg import Controller, evaluate
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.errors import (
    OutputDirectoryError,
    SettingsError,
    UnknownEnvironmentError,
)
from robo_ddpg.recording.fault_dump import FaultDump
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.cores import Waiting
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings, settings_of
from robo_ddpg.training.start import resume, train
from robo_ddpg.training.trainer import Trainer

AGENT = AgentSettings(
    hidden_sizes=(16, 16),
    batch_size=32,
    warmup_transitions=200,
    replay_capacity=2000,
    normalize_observations=False,
)
TINY = TrainSettings(
    task="reach",
    agent=AGENT,
    steps=1200,
    simulations=8,
    evaluate_every=600,
    evaluation_episodes=4,
    environment={"episode_s": 1.0},
)
TIMES = {"training_s", "steps_per_s", "updates_per_s"}


class Notes(SilentProgress):
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.shares: list[float] = []

    def note(self, text: str) -> None:
        self.lines.append(text)

    def update(self, done: float, row: Any) -> None:
        self.shares.append(done)


def go(path: Path, **changes: Any) -> RunDirectory:
    """A short run with some settings changed."""
    run = RunDirectory(path)
    train(dataclasses.replace(TINY, **changes), run, SilentProgress())
    return run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """A run that nobody changes."""
    return go(tmp_path_factory.mktemp("runs") / "reach")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without_times(rows: list[Any]) -> list[Any]:
    """Rows of metrics that have to be the same on any machine."""
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


def command(*words: str, cwd: Path) -> "subprocess.Popen[str]":
    """`robo-ddpg` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "robo_ddpg", *words],
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_more_threads_that_simulate_change_nothing(
    finished: RunDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Waiting, "add", lambda *_: True)
    monkeypatch.setattr("robo_ddpg.training.trainer.check_restorable", lambda _: None)
    moves = iter((2,))
    monkeypatch.setattr("robo_ddpg.training.trainer.more_threads", lambda: next(moves, None))
    moved = go(tmp_path / "moved")
    one, other = (Controller.find(run.path).tensors for run in (finished, moved))
    assert all(np.array_equal(one[name], other[name]) for name in one)
    rows = (without_times(read_metrics(run.metrics)) for run in (finished, moved))
    assert next(rows) == next(rows)
    assert next(moves, None) is None


def test_a_run_leaves_everything_that_is_promised(finished: RunDirectory) -> None:
    names = {path.name for path in finished.path.iterdir()}
    assert names == {
        "config.json",
        "origin.json",
        "metrics.csv",
        "tensorboard",
        "checkpoints",
        "controller.safetensors",
        "evaluation.json",
        "evaluation.csv",
        "learning_curve.png",
        "report.html",
        "diagnosis.json",  # sixty updates are too few for its targets
    }
    assert any(finished.tensorboard.iterdir())
    assert finished.curve.read_bytes().startswith(b"\x89PNG")


def test_metrics_are_numbers_that_go_forward(finished: RunDirectory) -> None:
    rows = read_metrics(finished.metrics)
    assert [row["transitions"] for row in rows] == [600, 1200]
    times = [row["training_s"] or 0.0 for row in rows]
    assert 0 < times[0] < times[1]
    assert rows[1]["updates"] == pytest.approx((1200 - 200) / 16, abs=2)
    for name in ("evaluation_return", "critic_loss", "q", "saturated_actions"):
        value = rows[1][name]
        assert value is not None, name
        assert np.isfinite(value), name
    assert rows[1]["unstable"] == 0
    assert 0 < (rows[1]["safety_joint_acceleration"] or 0.0) <= 1
    assert rows[1]["violation_joint_position"] == 0


def test_the_configuration_resolves_to_the_same_settings(finished: RunDirectory) -> None:
    config = finished.read_config()
    again = settings_of(config)
    assert again == TINY
    assert {"mujoco", "torch", "robo-ddpg"} <= config["versions"].keys()


def test_the_controller_carries_its_evaluation_and_acts(finished: RunDirectory) -> None:
    controller = Controller.find(finished.path)
    written = json.loads((finished.path / "evaluation.json").read_text())
    assert controller.metadata["evaluation"]["return_mean"] == written["return_mean"]
    assert written["episodes"] == 8
    assert controller.metadata["training"]["transitions"] in (600, 1200)
    assert controller.act(np.zeros(38)).shape == (3,)
    with (finished.path / "evaluation.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 8


def test_the_same_seed_gives_the_same_run_and_another_one_another(
    finished: RunDirectory, tmp_path: Path
) -> None:
    again, other = go(tmp_path / "again"), go(tmp_path / "other", seed=1)
    expected = without_times(read_metrics(finished.metrics))
    assert without_times(read_metrics(again.metrics)) == expected
    assert without_times(read_metrics(other.metrics)) != expected
    first, second, third = (Controller.find(run.path) for run in (finished, again, other))
    for name, tensor in first.tensors.items():
        np.testing.assert_array_equal(second.tensors[name], tensor)
    assert not np.array_equal(third.tensors["actor.0.weight"], first.tensors["actor.0.weight"])


@pytest.mark.slow
def test_a_resumed_run_counts_on_and_keeps_its_metrics(tmp_path: Path) -> None:
    run = go(tmp_path / "run")
    before = read_metrics(run.metrics)
    seconds = before[-1]["training_s"] or 0.0
    resume(run, SilentProgress(), steps=2400)
    rows = read_metrics(run.metrics)
    assert without_times(rows[:2]) == without_times(before)
    assert [row["transitions"] for row in rows] == [600, 1200, 1800, 2400]
    assert rows[-1]["updates"] == pytest.approx((2400 - 200) / 16, abs=2)
    assert (rows[2]["training_s"] or 0.0) > seconds


@pytest.mark.slow
def test_resuming_without_a_number_collects_as_much_again(tmp_path: Path) -> None:
    run = go(tmp_path / "run", steps=400, evaluate_every=400)
    resume(run, SilentProgress())
    assert read_metrics(run.metrics)[-1]["transitions"] == 800


@pytest.mark.parametrize("steps", [0, -5, 1200, 600])
def test_resuming_up_to_where_it_stands_is_refused(finished: RunDirectory, steps: int) -> None:
    with pytest.raises(SettingsError, match="more than the 1200 transitions"):
        resume(finished, SilentProgress(), steps=steps)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", "{}"),
        ("config.json", '{"settings": {"agent": {"x": 1}}}'),
        ("checkpoints/newest", ".."),
        ("checkpoints/304*/manifest.json", "[]"),
        ("checkpoints/304*/agent.safetensors", ""),
        ("checkpoints/304*/progress.json", "[]"),
        ("checkpoints/replay/0-38.safetensors", ""),
    ],
)
def test_a_damaged_run_is_not_resumed(tmp_path: Path, file: str, content: str) -> None:
    run = go(tmp_path / "run", steps=300, evaluate_every=300)
    (path,) = run.path.glob(file)
    path.write_text(content)
    with pytest.raises(OutputDirectoryError) as caught:
        resume(run, SilentProgress())
    assert "\n" not in str(caught.value)


def test_a_run_is_not_overwritten_without_force(finished: RunDirectory) -> None:
    before = finished.metrics.read_bytes()
    with pytest.raises(OutputDirectoryError, match="--force"):
        train(TINY, RunDirectory(finished.path), SilentProgress())
    assert finished.metrics.read_bytes() == before


@pytest.mark.slow
def test_force_replaces_a_run_but_nothing_else(tmp_path: Path) -> None:
    run = go(tmp_path / "run", steps=200, evaluate_every=200)
    (run.path / "old").write_text("")
    train(dataclasses.replace(TINY, steps=200), run, SilentProgress(), force=True)
    assert not (run.path / "old").exists()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("x")
    with pytest.raises(OutputDirectoryError, match="holds no run"):
        train(TINY, RunDirectory(precious), SilentProgress(), force=True)
    assert (precious / "thesis.tex").exists()


def test_a_start_that_fails_leaves_no_directory_and_keeps_the_old_run(tmp_path: Path) -> None:
    impossible = dataclasses.replace(TINY, task="CartPole-v1", environment={})
    with pytest.raises(UnknownEnvironmentError, match="Discrete"):
        train(impossible, RunDirectory(tmp_path / "new"), SilentProgress())
    assert not (tmp_path / "new").exists()
    run = go(tmp_path / "run", steps=200, evaluate_every=200)
    with pytest.raises(UnknownEnvironmentError):
        train(impossible, run, SilentProgress(), force=True)
    assert run.controller.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 0},
        {"simulations": 0},
        {"evaluate_every": -1},
        {"evaluation_episodes": 0},
        {"minutes": 0.0},
        {"minutes": float("nan")},
        {"seed": -1},
    ],
)
def test_numbers_that_cannot_work_are_named(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(change))):
        dataclasses.replace(TINY, **change)


@pytest.mark.slow
def test_time_ends_a_run_too(tmp_path: Path) -> None:
    progress = Notes()
    run = RunDirectory(tmp_path / "run")
    settings = dataclasses.replace(TINY, steps=10**9, minutes=0.01, evaluate_every=10**9)
    train(settings, run, progress)
    assert progress.shares[-1] == 1.0
    assert (read_metrics(run.metrics)[-1]["training_s"] or 0.0) > 0.0


def test_training_stops_once_the_task_is_mastered(tmp_path: Path) -> None:
    progress = Notes()
    run = RunDirectory(tmp_path / "run")
    easy = {"episode_s": 1.0, "tolerance_m": 2.0}
    settings = dataclasses.replace(
        TINY, steps=100_000, evaluate_every=200, mastered_times=3, environment=easy
    )
    train(settings, run, progress)
    assert read_metrics(run.metrics)[-1]["transitions"] == 600
    assert any("mastered" in line for line in progress.lines)


def test_the_policy_a_run_ends_with_is_judged_too(tmp_path: Path) -> None:
    run = go(tmp_path / "run", steps=900)
    assert [row["transitions"] for row in read_metrics(run.metrics)] == [600, 904]


def test_an_unstable_simulation_is_ended_not_learned_from_and_kept_for_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, calls = RobotVectorEnv.step, 0

    def spoiled(env: RobotVectorEnv, actions: Any) -> Any:
        nonlocal calls
        if env.num_envs == TINY.simulations:
            calls += 1
            if calls == 30:
                env.batch.bind("qvel")[5, 2] = 1e12
        return step(env, actions)

    monkeypatch.setattr(RobotVectorEnv, "step", spoiled)
    run = go(tmp_path / "run", steps=600)
    assert read_metrics(run.metrics)[0]["unstable"] == 1
    settings = settings_of(run.read_config())
    trainer = Trainer(settings, run, SilentProgress())
    trainer.resume()
    assert len(trainer.agent.replay_buffer) == 599
    (file,) = run.unstable.iterdir()
    assert file.name == "240-5.npz"
    dump = FaultDump.load(file)
    assert dump.actions.shape[1] == 3
    assert "joint" in dump.fault


def test_what_is_practised_with_is_not_judged_with(tmp_path: Path) -> None:
    settings = dataclasses.replace(TINY, task="drive-park", practice={"eased": 0.5})
    trainer = Trainer(settings, RunDirectory(tmp_path / "run"), SilentProgress())
    practised, judged = (env.describe()["settings"] for env in (trainer.env, trainer.judge.env))
    assert (practised["eased"], judged["eased"]) == (0.5, 0.0)
    assert practised | {"eased": 0.0} == judged
    assert trainer.controller().metadata["task"]["settings"] == judged


def test_a_gymnasium_environment_is_trained(tmp_path: Path) -> None:
    run = go(tmp_path / "run", task="Pendulum-v1", environment={}, steps=1000)
    controller = Controller.find(run.path)
    assert (controller.task["name"], controller.task["settings"]) == ("Pendulum-v1", {})
    assert (np.abs(controller.act(np.ones((5, 3)))) <= 2.0).all()
    assert controller.metadata["evaluation"]["success_rate"] is None


@pytest.mark.slow
def test_a_task_in_a_users_own_file_is_trained_from_the_command_line(here: Path) -> None:
    (here / "mine.py").write_text(
        textwrap.dedent('''
        """A task of my own."""
        from tasks import Reach


        class LowReach(Reach):
            """Reach low points."""

            def __init__(self, **settings):
                super().__init__(**{"goal_high_m": (0.60, 0.30, 0.15), **settings})
        ''')
    )
    short = ("--steps", "400", "--simulations", "8", "--evaluate-every", "400")
    process = command("train", "mine:LowReach", *short, "--agent.batch-size", "32", cwd=here)
    out, err = process.communicate()
    assert process.returncode == 0, err
    run = here / "runs" / "mine-LowReach" / "seed-0"
    assert str(run.relative_to(here)) in out
    assert Controller.find(run).task["settings"]["goal_high_m"] == [0.60, 0.30, 0.15]
    assert evaluate(str(run), episodes=2).summary()["task"] == "mine:LowReach"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_saved_whole(here: Path, number: signal.Signals) -> None:
    quick = ("--simulations", "16", "--evaluate-every", "400", "--environment.episode-s", "0.5")
    process = command("train", "reach", "--out", "run", "--no-stop-early", *quick, cwd=here)
    metrics = here / "run" / "metrics.csv"
    while process.poll() is None and not (metrics.exists() and read_metrics(metrics)):
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "interrupted; what was learned is saved in run" in err
    assert "Traceback" not in err
    assert "controller.safetensors" in out
    run = RunDirectory(here / "run")
    reached = read_metrics(run.metrics)[-1]["transitions"] or 0
    assert 400 <= reached < 100_000
    assert Controller.find(run.path).metadata["evaluation"]["episodes"] == 200
    assert not list(run.path.glob(".*"))
    resume(run, SilentProgress(), steps=int(reached) + 500)
    assert (read_metrics(run.metrics)[-1]["transitions"] or 0) >= reached + 500


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_reach_is_mastered_with_the_default_settings(here: Path) -> None:
    process = command("train", "reach", "--seed", "3", "--quiet", cwd=here)
    _, err = process.communicate()
    assert process.returncode == 0, err
    summary = json.loads((here / "runs/reach/seed-3/evaluation.json").read_text())
    assert summary["success_rate"] >= 0.99
    assert summary["violations"] == dict.fromkeys(summary["violations"], 0.0)
