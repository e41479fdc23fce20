"""Measure speed and learning, compare them with their targets, and write docs/benchmarks.json.

Speeds are ratios of two loops that take turns in one run, so that a busy machine slows both.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import torch
from mujoco.batch import Batch

from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.task_defaults import train_settings

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.json"
SIMULATIONS = 64
ROUNDS = 40
MASTERED = 0.99
TRAINING_LIMIT_S = 180.0

Loop = Callable[[], None]


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    """What was measured."""
    value: float | None
    """The figure; None if it was never reached."""
    unit: str
    """Its unit."""
    target: float | None = None
    """What it should be."""
    at_least: bool = True
    """Whether the target is a lower bound."""
    note: str = ""
    """How it was measured."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        if self.value is None:
            return False
        return self.value >= self.target if self.at_least else self.value <= self.target

    def text(self) -> str:
        """The line as printed."""
        value = "never" if self.value is None else f"{self.value:.3g}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        sign = ">=" if self.at_least else "<="
        target = "" if self.target is None else f"{sign} {self.target:g}"
        return f"{self.name:<58}{value:>9} {self.unit:<10}{target:>9} {verdict:<7}{self.note}"


def paired(ours: Loop, reference: Loop) -> tuple[float, float, float]:
    """Two loops in turn.

    Returns:
        Median of reference time over our time, and the median times [s].
    """
    for loop in (ours, reference):
        loop()
    times = [(_timed(ours), _timed(reference)) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / own for own, theirs in times)
    own, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return ratio, own, theirs


def _timed(loop: Loop) -> float:
    start = time.perf_counter()
    loop()
    return time.perf_counter() - start


def environment_lines() -> Iterator[Line]:
    """The environments against the bare physics of the same model, standing at `home`."""
    vector = RobotVectorEnv(SIMULATIONS, "reach")
    model, substeps = vector.task.model, vector.task.substeps
    step, moving = random_steps(vector)
    bare = Batch(model, SIMULATIONS, 0)
    bare.reset(keyframe=0)
    ratio, own, theirs = paired(step, lambda: bare.step(nstep=substeps))
    note = f"{SIMULATIONS / own:,.0f} of {SIMULATIONS / theirs:,.0f} steps/s"
    yield Line("RobotVectorEnv, 64 simulations / Batch.step", ratio, "", 0.80, note=note)
    ratio, *_ = paired(step, replay(model, moving, SIMULATIONS))
    yield Line("  against the physics of the same motion", ratio, "")
    yield Line("  share of a step spent in the safety filter", _filter_share(vector, step), "")
    single = RobotEnv("reach")
    step, moving = random_steps(single)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)

    def physics() -> None:
        for _ in range(substeps):
            mujoco.mj_step(model, data)

    ratio, own, theirs = paired(_repeat(step, 20), _repeat(physics, 20))
    note = f"{20 / own:,.0f} of {20 / theirs:,.0f} steps/s"
    yield Line("RobotEnv / mj_step", ratio, "", 0.60, note=note)
    ratio, *_ = paired(_repeat(step, 20), _repeat(replay(model, moving, 1), 20))
    yield Line("  against the physics of the same motion", ratio, "")
    yield Line("physics of one control step of reach", 1e6 * theirs / 20, "us", note="mj_step")


def _repeat(loop: Callable[[], object], times: int) -> Loop:
    def repeated() -> None:
        for _ in range(times):
            loop()

    return repeated


def random_steps(env: RobotEnv | RobotVectorEnv) -> tuple[Loop, list[np.ndarray[Any, Any]]]:
    """A loop of random actions with new episodes, and the commands of its first episode."""
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(env.task.episode_steps)]
    env.reset(seed=0)
    state = {"step": 0}

    def step() -> None:
        *_, terminated, truncated, _ = env.step(actions[state["step"] % len(actions)])
        state["step"] += 1
        if isinstance(env, RobotEnv) and (terminated or truncated):
            env.reset()

    commands = []
    for _ in actions:
        step()
        commands.append(env.simulation.controls.copy())
    return step, commands


def replay(model: mujoco.MjModel, commands: list[np.ndarray[Any, Any]], simulations: int) -> Loop:
    """A bare loop over the same commands; every physics step gets its own."""
    batch = Batch(model, simulations, min(simulations, os.cpu_count() or 1))
    batch.reset(keyframe=0)
    state = {"step": 0}

    def step() -> None:
        command = commands[state["step"] % len(commands)]
        state["step"] += 1
        batch.rollout(command.shape[1], command, record=())

    return step


def against_bare(tasks: list[str]) -> Iterator[Line]:
    """Each environment against the bare physics of the same motion."""
    for task in tasks:
        env = RobotVectorEnv(SIMULATIONS, task)
        step, commands = random_steps(env)
        ratio, own, theirs = paired(step, replay(env.task.model, commands, SIMULATIONS))
        note = f"{SIMULATIONS / own:,.0f} of {SIMULATIONS / theirs:,.0f} steps/s"
        yield Line(f"{task}, 64 simulations / bare batch", ratio, "", 0.80, note=note)


def trained(task: str, seed: int, minutes: float) -> tuple[dict[str, Any] | None, str]:
    """A task from scratch with default settings, in a process of its own.

    Returns:
        Its final evaluation, None if there is none, and a note about it.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        words = ["train", task, "--seed", str(seed), "--minutes", str(minutes), "--out", str(out)]
        done = subprocess.run([sys.executable, "-m", "robo_ddpg", *words, "--quiet"], check=False)
        if done.returncode:
            return None, f"exit code {done.returncode}"
        evaluation: dict[str, Any] = json.loads((out / "evaluation.json").read_text())
        last = read_metrics(out / "metrics.csv")[-1]
    return evaluation, f"{evaluation['episodes']} episodes; trained {last['training_s']:.0f} s"


def _filter_share(env: RobotVectorEnv, step: Loop) -> float:
    spent = [0.0]
    motion = as_arm(env.simulation.drive).motion
    original = motion.filter

    def timed(*arguments: Any) -> Any:
        start = time.perf_counter()
        result = original(*arguments)
        spent[0] += time.perf_counter() - start
        return result

    motion.filter = timed  # type: ignore[method-assign, assignment]
    total = sum(_timed(step) for _ in range(2 * ROUNDS))
    motion.filter = original  # type: ignore[method-assign]
    return spent[0] / total


def learner_lines() -> Iterator[Line]:
    """The fast backend's updates against those of plain modules and autograd."""
    torch.set_num_threads(1)
    env = RobotVectorEnv(SIMULATIONS, "reach")
    observations: Any = env.single_observation_space
    actions: Any = env.single_action_space
    settings = train_settings("reach").agent

    def updates(settings: AgentSettings) -> Loop:
        agent = make_learner(observations, actions, settings, SIMULATIONS, seed=0)
        _fill(agent, observations.shape[0], actions.shape[0])
        return _repeat(agent.update, 10)

    plain = replace(settings, backend="autograd")
    ratio, own, theirs = paired(updates(settings), updates(plain))
    note = f"{10 / own:,.0f} and {10 / theirs:,.0f} updates/s"
    yield Line("learner's updates / plain torch", ratio, "x", note=note)


def _fill(agent: Learner, observation_size: int, action_size: int) -> None:
    rng = np.random.default_rng(0)
    n = SIMULATIONS
    while agent.transitions < 10_000:
        observation, following = rng.normal(size=(2, n, observation_size)).astype(np.float32)
        agent.store(
            Transitions(
                observation=observation,
                action=rng.uniform(-1, 1, (n, action_size)).astype(np.float32),
                reward=rng.random(n).astype(np.float32),
                terminated=np.zeros(n, bool),
                truncated=np.zeros(n, bool),
                next_observation=following,
                reward_info=np.zeros((n, 1), np.float32),
                valid=np.ones(n, bool),
            )
        )


def training_lines(seeds: list[int]) -> Iterator[Line]:
    """Reach from scratch with default settings, each seed in a process of its own."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            yield from _training(seed, Path(folder) / "run")


def _training(seed: int, out: Path) -> list[Line]:
    words = ["-m", "robo_ddpg", "train", "reach", "--seed", str(seed), "--out", str(out), "--quiet"]
    label = f"reach, seed {seed}:"
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    memory, code = _wait(child, start + TRAINING_LIMIT_S)
    if code != 0:
        return [Line(f"{label} trained", None, "", note=f"stopped with exit code {code}")]
    rows, config = read_metrics(out / "metrics.csv"), json.loads((out / "config.json").read_text())
    evaluation = json.loads((out / "evaluation.json").read_text())
    reached = [row for row in rows if (row["evaluation_success"] or 0.0) >= MASTERED]
    count, final = config["settings"]["evaluation_episodes"], evaluation["episodes"]
    return [
        Line(
            f"{label} training until {MASTERED:.0%} success",
            float(reached[0]["training_s"] or 0.0) if reached else None,
            "s",
            note=f"over {count} evaluation episodes; whole run {time.perf_counter() - start:.0f} s",
        ),
        Line(
            f"{label} final success", evaluation["success_rate"], "", note=f"over {final} episodes"
        ),
        Line(f"{label} median final distance", 1e3 * evaluation["distance_m_median"], "mm"),
        Line(f"{label} peak memory", memory, "MiB"),
    ]


def _wait(child: "subprocess.Popen[bytes]", deadline: float) -> tuple[float, int]:
    """Wait for a process of ours, and end it at the deadline.

    Returns:
        Its peak memory [MiB] and its exit code.
    """
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            kib = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
            return kib / 1024, child.returncode
        if time.perf_counter() > deadline:
            child.kill()
            deadline = float("inf")
        time.sleep(0.05)


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("env", "train", "learner"), help="measure only this")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    options = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[Line]]] = {
        "env": environment_lines,
        "learner": learner_lines,
        "train": lambda: training_lines(options.seeds),
    }
    for name, measure in parts.items():
        if options.only in (None, name):
            keep(name, measure())


def keep(section: str, lines: Iterator[Line]) -> None:
    """Print lines as they come, and put them into docs/benchmarks.json."""
    rows = []
    for line in lines:
        print(line.text(), flush=True)
        rows.append({**asdict(line), "met": line.met})
    kept = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}
    kept[section] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": os.getloadavg()[0],
        "lines": rows,
    }
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
