"""Train on Gymnasium's environments, beside Stable-Baselines3 for the same wall-clock.

Every evaluation, during training and at the end, runs in Gymnasium's own, unmodified environment.
Their time is not counted on either side. Runs go to docs/benchmarks.json one by one, and those that
are there already are not repeated.
"""

import argparse
import dataclasses
import json
import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from robo_ddpg.controller import Controller
from robo_ddpg.envs.foreign.make import one_after_the_other
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.evaluation.episodes import run_episodes
from robo_ddpg.evaluation.evaluate import SEED
from robo_ddpg.files import write_json
from robo_ddpg.process.processors import available_processors
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.judge import SEED as EVALUATION_SEED
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import configuration
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.json"
OURS = "robo_ddpg"
LEARNERS = (OURS, "SB3 TD3", "SB3 SAC")
EPISODES, FINAL_EPISODES = 10, 100
"""Of each evaluation in training, and of the controller kept."""
EVALUATIONS = 40
"""Evaluations of a training of Stable-Baselines3."""


@dataclass(frozen=True)
class Goal:
    """What is wanted of an environment, and how long each learner has."""

    wanted: float
    """Mean return."""
    minutes: float
    """Training time."""


GOALS = {
    "Pendulum-v1": Goal(-180.0, 0.5),
    "InvertedDoublePendulum-v5": Goal(9300.0, 2.0),
    "Reacher-v5": Goal(-4.5, 3.0),
    "MountainCarContinuous-v0": Goal(90.0, 1.5),
    "LunarLanderContinuous-v3": Goal(200.0, 4.0),
    "BipedalWalker-v3": Goal(250.0, 15.0),
    "Hopper-v5": Goal(3000.0, 8.0),
    "Walker2d-v5": Goal(3000.0, 8.0),
    "HalfCheetah-v5": Goal(8000.0, 10.0),
    "Ant-v5": Goal(4000.0, 15.0),
}

Curve = list[tuple[float, float]]
"""Training time [s] and mean return of each evaluation."""


@dataclass(frozen=True)
class Result:
    """One training run."""

    learner: str
    """Who learned."""
    seed: int
    """Its seed."""
    updates: int
    """Gradient updates of the critics."""
    curve: Curve
    """The returns measured on the way."""
    final_return: float
    """Of the controller kept, on episodes that were not used to choose it."""
    load: float
    """Processes that wanted to run, at the end; this benchmark alone has about 2."""

    def reached_s(self, threshold: float) -> float | None:
        """Training time of the first evaluation at or above a threshold [s]."""
        return next((seconds for seconds, value in self.curve if value >= threshold), None)

    def text(self, wanted: float) -> str:
        """A line of the table."""
        reached = self.reached_s(wanted)
        after = [value for seconds, value in self.curve if reached and seconds >= reached]
        seconds = self.curve[-1][0]
        return (
            f"{self.learner:<10}{self.seed:>5}{f'{reached:.0f} s' if reached else 'never':>9}"
            f"{max(value for _, value in self.curve):10.1f}{min(after, default=np.nan):14.1f}"
            f"{self.final_return:10.1f}{seconds:8.0f} s{self.updates / seconds:11.0f}"
            f"{self.load:6.1f}"
        )


HEADER = (
    f"{'learner':<10}{'seed':>5}{'reached':>9}{'best':>10}{'lowest after':>14}"
    f"{'final':>10}{'time':>10}{'updates/s':>11}{'load':>6}"
)


def ours(name: str, seed: int, minutes: float) -> Result:
    """Train as `robo-ddpg train NAME --minutes M` does."""
    settings = train_settings(
        name, steps=10**9, minutes=minutes, seed=seed, evaluation_episodes=EPISODES
    )
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder) / "run")
        trainer = Trainer(settings, run, SilentProgress())
        trainer.judge.env = GuardedEnvironment(one_after_the_other(name, EPISODES))
        run.create(force=False)
        write_json(configuration(settings), run.config)
        trainer.train()
        rows = read_metrics(run.metrics)
        controller = Controller.load(run.controller)
    curve = [(row["training_s"] or 0.0, row["evaluation_return"] or 0.0) for row in rows]
    final = _mean_return(name, controller.act, SEED, FINAL_EPISODES)
    return Result(OURS, seed, int(rows[-1]["updates"] or 0), curve, final, os.getloadavg()[0])


def trained(learner: str, name: str, seed: int, minutes: float) -> Result:
    """One training of any learner."""
    if learner == OURS:
        return ours(name, seed, minutes)
    return stable_baselines3(learner, name, seed, minutes)


def stable_baselines3(learner: str, name: str, seed: int, minutes: float) -> Result:
    """Train an agent of Stable-Baselines3 with the settings of its zoo, and keep its best."""
    from peers import Peer

    peer = Peer(learner, name, seed)
    limit_s = 60.0 * minutes
    peer.learn(
        limit_s,
        limit_s / EVALUATIONS,
        lambda act: _mean_return(name, act, EVALUATION_SEED, EPISODES),
    )
    final = _mean_return(name, peer.best_act, SEED, FINAL_EPISODES)
    return Result(learner, seed, peer.updates, peer.curve, final, os.getloadavg()[0])


def _mean_return(name: str, act: Any, seed: int, episodes: int) -> float:
    env = GuardedEnvironment(one_after_the_other(name, episodes))
    try:
        return float(run_episodes(env, act, seed, episodes).returns.mean())
    finally:
        env.close()


def measure(
    name: str, seeds: list[int], learners: list[str], minutes: float, *, again: bool
) -> None:
    """One run after the other, learners side by side; each is kept when it is done."""
    print(f"\n{name}, {minutes:g} min each, wanted: {GOALS[name].wanted:g}\n{HEADER}", flush=True)
    for seed in seeds:
        for learner in learners:
            result = None if again else _kept(name).get((learner, seed))
            if result is None:
                result = trained(learner, name, seed, minutes)
                _keep(name, result, minutes)
            print(result.text(GOALS[name].wanted), flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", nargs="*", default=list(GOALS), metavar="ENVIRONMENT")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    parser.add_argument("--minutes", type=float, help="training time of each run")
    parser.add_argument("--again", action="store_true", help="repeat runs that are known")
    options = parser.parse_args()
    unknown = set(options.environments) - set(GOALS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; available: {', '.join(GOALS)}")
    for name in options.environments:
        minutes = options.minutes or GOALS[name].minutes
        measure(name, options.seeds, options.learners, minutes, again=options.again)


def _everything() -> dict[str, Any]:
    return json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}


def _kept(name: str) -> dict[tuple[str, int], Result]:
    runs = _everything().get(name, {}).get("runs", [])
    return {(run["learner"], run["seed"]): Result(**run) for run in runs}


def _keep(name: str, result: Result, minutes: float) -> None:
    """Write a run beside the others of its environment."""
    every = _everything()
    runs = _kept(name) | {(result.learner, result.seed): result}
    every[name] = {
        "machine": f"{platform.machine()}, {available_processors()} cores",
        "minutes": minutes,
        "episodes": EPISODES,
        "runs": [dataclasses.asdict(run) for run in runs.values()],
    }
    OUTPUT.write_text(json.dumps(every, indent=2) + "\n")


if __name__ == "__main__":
    main()
