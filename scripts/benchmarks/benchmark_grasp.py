"""Grasp: speed, training from scratch, and other learners in the same time; see docs/grasp.json."""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmark_sb3 import ALGORITHMS, learning_curve
from mujoco.batch import MODEL_FIELDS, Batch

from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.episodes import run_episodes
from robo_ddpg.evaluation.evaluate import SEED
from tasks.arm.objects import NAMES

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "grasp.json"
SIMULATIONS = 64
ROUNDS = 9
EPISODES = 200
REACHED = (0.90, 0.95, 0.99)
PRESETS = ("ddpg-2015", "td3")
EVERY_S = 20.0
"""Training time between evaluations of other learners [s]."""

Result = dict[str, Any]


def speed() -> Result:
    """Environment steps against a bare batch that does the same physics.

    The bare batch starts from the same states with the same cubes, and gets the commands that the
    environment gave at every physics step while a trained controller picked up the cubes.
    """
    env = RobotVectorEnv(SIMULATIONS, "grasp", autoreset_mode="Disabled")
    actions, start, commands = _episode(env)
    bare = Batch(env.task.model, SIMULATIONS, 0)
    for name in MODEL_FIELDS:
        values = env.batch.expanded(name)
        if values is not None:
            bare.expand(name)[:] = values

    def ours() -> None:
        env.reset(seed=0)
        for action in actions:
            env.step(action)

    def theirs() -> None:
        bare.state[:] = start
        for command in commands:
            bare.rollout(command.shape[1], command, record=())

    ours()
    theirs()
    if not np.array_equal(bare.bind("qpos"), env.batch.bind("qpos")):
        raise RuntimeError("the bare batch ended elsewhere than the environment: not the same work")
    times = [(_timed(ours), _timed(theirs)) for _ in range(ROUNDS)]
    steps = SIMULATIONS * len(actions)
    return {
        "ratio": statistics.median(bare_s / own_s for own_s, bare_s in times),
        "environment_steps_per_s": steps / statistics.median(own_s for own_s, _ in times),
        "bare_steps_per_s": steps / statistics.median(bare_s for _, bare_s in times),
        "wanted": 0.75,
    }


def _episode(env: RobotVectorEnv) -> tuple[list[Any], Any, list[Any]]:
    """Actions of the shipped controller, states at the start, and commands at physics steps."""
    controller = Controller.find("grasp")
    observation, _ = env.reset(seed=0)
    start, actions, commands = env.batch.state.copy(), [], []
    for _ in range(env.task.episode_steps):
        actions.append(controller.act(observation))
        observation = env.step(actions[-1])[0]
        commands.append(env.simulation.controls.copy())
    return actions, start, commands


def _timed(loop: Callable[[], None]) -> float:
    start = time.perf_counter()
    loop()
    return time.perf_counter() - start


def train(task: str, seed: int, *options: str) -> Result:
    """Train in a process of its own, with the command a user would give."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        words = ["train", task, "--seed", str(seed), "--out", str(out), "--quiet", *options]
        subprocess.run([sys.executable, "-m", "robo_ddpg", *words], check=True, capture_output=True)
        shapes = by_shape(Controller.find(out)) if task == "grasp-any" else {}
        evaluation = json.loads((out / "evaluation.json").read_text())
        with (out / "metrics.csv").open() as file:
            curve = [
                (float(row["training_s"]), int(float(row["transitions"])), success(row))
                for row in csv.DictReader(file)
            ]
    kept = ("success_rate", "success_low", "success_high", "episodes")
    distance = {name: evaluation[f"distance_m_{name}"] for name in ("median", "max")}
    measured = {name: evaluation[name] for name in kept}
    return {"curve": curve, **measured, "distance_m": distance, "success_by_shape": shapes}


def by_shape(controller: Controller) -> dict[str, float]:
    """Success for each shape, over the episodes that evaluations report."""
    env = RobotVectorEnv(EPISODES, controller.task["name"], autoreset_mode="Disabled")
    env.reset(seed=SEED)
    kinds = env.task.objects.kind.copy()  # type: ignore[attr-defined]
    episodes = run_episodes(env, controller.act, SEED, EPISODES)
    assert episodes.success is not None
    return {name: float(episodes.success[kinds == k].mean()) for k, name in enumerate(NAMES)}


def success(row: dict[str, str]) -> float:
    """Success of an evaluation."""
    return float(row["evaluation_success"] or 0.0)


def training(task: str, seeds: list[int]) -> Result:
    """Our training with default settings."""
    results = {}
    print("| seed | 90 % | 95 % | 99 % | end | final success | median distance | worst |")
    for seed in seeds:
        results[str(seed)] = run = train(task, seed)
        hits = " | ".join(_first(run["curve"], level) for level in REACHED)
        final = ", ".join(f"{100 * run[f'success_{name}']:.1f}" for name in ("rate", "low", "high"))
        near, far = (1e3 * run["distance_m"][name] for name in ("median", "max"))
        end = _when(run["curve"][-1])
        print(f"| {seed} | {hits} | {end} | {final} % | {near:.1f} mm | {far:.0f} mm |", flush=True)
        if run["success_by_shape"]:
            print("  " + ", ".join(f"{k} {v:.1%}" for k, v in run["success_by_shape"].items()))
    return results


def _first(curve: list[Any], level: float) -> str:
    return next((_when(row) for row in curve if row[2] >= level), "never")


def _when(row: tuple[float, int, float]) -> str:
    return f"{row[0]:.1f} s ({row[1] / 1e3:.0f}k)"


def others(seeds: list[int], minutes: float) -> Result:
    """Presets and Stable-Baselines3 for the same training time: success over time."""
    curves = {}
    limits = ["--minutes", str(minutes), "--steps", str(10**8), "--no-stop-early"]
    limits += ["--evaluate-every", "2000"]
    for seed in seeds:
        for preset in PRESETS:
            run = train("grasp", seed, "--preset", preset, *limits)
            curves[f"--preset {preset}, seed {seed}"] = run["curve"]
        for name in ALGORITHMS:
            curves[f"{name}, seed {seed}"] = learning_curve(name, seed, 60 * minutes, EVERY_S)
    for name, curve in curves.items():
        points = "  ".join(f"{row[0]:.0f} s {row[2]:.2f}" for row in curve)
        print(f"{name} ({curve[-1][1]:,} transitions): {points}", flush=True)
    return curves


def main() -> None:
    """Measure what was asked for, print it, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("speed", "train", "others"), help="measure only this")
    parser.add_argument("--task", default="grasp", help="what is trained: grasp or grasp-any")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--other-seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--minutes", type=float, default=2.0, help="training time of the others")
    options = parser.parse_args()
    parts: dict[str, Callable[[], Result]] = {
        "speed": speed,
        "train": lambda: training(options.task, options.seeds),
        "others": lambda: others(options.other_seeds, options.minutes),
    }
    kept = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}
    for name, measure in parts.items():
        if options.only in (None, name):
            key = f"{name} {options.task}" if name == "train" else name
            kept[key] = measure() | {"load": os.getloadavg()[0]}
            print(f"{key}: done", flush=True)
    print({name: value for name, value in kept.get("speed", {}).items()})
    OUTPUT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
