"""Measure the car: environment speed, and what it has learned after training.

Results go to docs/benchmarks.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmark import SIMULATIONS, Line, keep, paired, random_steps, replay

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.runs.training_log import read_metrics

MINUTES = {"drive-park": 2.0, "drive": 10.0}
"""Task -> training time [min]."""


def environment_lines(tasks: list[str]) -> Iterator[Line]:
    """Each environment against the bare physics of the same motion."""
    for task in tasks:
        env = RobotVectorEnv(SIMULATIONS, task)
        step, commands = random_steps(env)
        ratio, own, theirs = paired(step, replay(env.task.model, commands, SIMULATIONS))
        note = f"{SIMULATIONS / own:,.0f} of {SIMULATIONS / theirs:,.0f} steps/s"
        yield Line(f"{task}, 64 simulations / bare batch", ratio, "", 0.80, note=note)


def training_lines(tasks: list[str], seeds: list[int]) -> Iterator[Line]:
    """Each task from scratch with default settings, each seed in a process of its own."""
    for task in tasks:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                yield _training(task, seed, Path(folder) / "run")


def _training(task: str, seed: int, out: Path) -> Line:
    words = ["train", task, "--seed", str(seed), "--minutes", str(MINUTES[task]), "--out", str(out)]
    name = f"{task}, seed {seed}: success rate"
    done = subprocess.run([sys.executable, "-m", "robo_ddpg", *words, "--quiet"], check=False)
    if done.returncode:
        return Line(name, None, "", note=f"exit code {done.returncode}")
    evaluation = json.loads((out / "evaluation.json").read_text())
    last = read_metrics(out / "metrics.csv")[-1]
    note = f"{evaluation['episodes']} episodes; trained {last['training_s']:.0f} s"
    return Line(name, float(evaluation["success_rate"]), "", 0.95, note=note)


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("env", "train"), help="measure only this")
    parser.add_argument("--tasks", nargs="+", choices=list(MINUTES), default=list(MINUTES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    options = parser.parse_args()
    if options.only != "train":
        keep("driving-env", environment_lines(options.tasks))
    if options.only != "env":
        keep("driving-train", training_lines(options.tasks, options.seeds))


if __name__ == "__main__":
    main()
