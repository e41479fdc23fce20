"""Measure the legged robots: environment speed, and what they have learned after a given time.

Results go to docs/benchmarks.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark import SIMULATIONS, Line, keep, paired, random_steps, replay

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.runs.training_log import read_metrics


@dataclass(frozen=True)
class Goal:
    """What a robot should have learned."""

    minutes: float
    """Training time [min]."""
    figures: tuple[tuple[str, float, bool], ...]
    """Key of evaluation.json, target, and whether it is a lower bound."""


GOALS = {
    "locomotion": Goal(5, (("speed", 0.9, True),)),
    "locomotion-hopper": Goal(10, (("length_mean", 1000, True), ("success_rate", 0.95, True))),
    "locomotion-walker": Goal(10, (("length_mean", 1000, True), ("success_rate", 0.95, True))),
    "locomotion-quadruped": Goal(
        30,
        (
            ("velocity_error_m_s_mean", 0.15, False),
            ("turn_error_rad_s_mean", 0.2, False),
            ("fall_rate", 0.02, False),
        ),
    ),
}


def environment_lines(tasks: list[str], seeds: list[int]) -> Iterator[Line]:
    """Each environment against the bare physics of the same motion."""
    for task in tasks:
        env = RobotVectorEnv(SIMULATIONS, task)
        step, commands = random_steps(env)
        ratio, own, theirs = paired(step, replay(env.task.model, commands, SIMULATIONS))
        note = f"{SIMULATIONS / own:,.0f} of {SIMULATIONS / theirs:,.0f} steps/s"
        yield Line(f"{task}, 64 simulations / bare batch", ratio, "", 0.80, note=note)


def training_lines(tasks: list[str], seeds: list[int]) -> Iterator[Line]:
    """Each robot from scratch with default settings, each seed in a process of its own."""
    for task in tasks:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                yield from _training(task, seed, Path(folder) / "run")


def _training(task: str, seed: int, out: Path) -> Iterator[Line]:
    goal = GOALS[task]
    words = ["train", task, "--seed", str(seed), "--minutes", str(goal.minutes), "--out", str(out)]
    done = subprocess.run([sys.executable, "-m", "robo_ddpg", *words, "--quiet"], check=False)
    if done.returncode:
        yield Line(f"{task}, seed {seed}", None, "", note=f"exit code {done.returncode}")
        return
    evaluation = json.loads((out / "evaluation.json").read_text())
    last = read_metrics(out / "metrics.csv")[-1]
    note = f"{evaluation['episodes']} episodes; trained {last['training_s']:.0f} s"
    for key, target, at_least in goal.figures:
        yield Line(
            f"{task}, seed {seed}: {key}", figure(evaluation, key), "", target, at_least, note
        )


def figure(evaluation: dict[str, Any], key: str) -> float:
    """A figure of evaluation.json, or one that follows from it."""
    if key == "speed":
        return float(evaluation["reward_terms"]["speed"])
    if key == "fall_rate":
        return float(evaluation["terminated"] / evaluation["episodes"])
    return float(evaluation[key])


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("env", "train"), help="measure only this")
    parser.add_argument("--tasks", nargs="+", choices=list(GOALS), default=list(GOALS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    parts: dict[str, Callable[[list[str], list[int]], Iterator[Line]]] = {
        "env": environment_lines,
        "train": training_lines,
    }
    for name, measure in parts.items():
        if options.only in (None, name):
            keep(f"legged-{name}", measure(options.tasks, options.seeds))


if __name__ == "__main__":
    main()
