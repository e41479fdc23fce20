"""Train on Gymnasium's HalfCheetah-v5, beside Stable-Baselines3 for the same wall-clock.

Every evaluation, during training and at the end, runs in Gymnasium's own, unmodified environment.
Their time is not counted on either side. Results go to docs/benchmarks.json.
"""

import argparse
import dataclasses
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch

from robo_ddpg.controller import Controller
from robo_ddpg.envs.foreign.make import one_after_the_other
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.evaluation.episodes import run_episodes
from robo_ddpg.evaluation.evaluate import SEED
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.judge import SEED as EVALUATION_SEED
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import configuration
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer

TASK = "HalfCheetah-v5"
OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.json"
EPISODES = 10
THRESHOLDS = (5000.0, 8000.0)
MINUTES = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0)
"""When the curve is printed."""
EVALUATE_EVERY_S = 15.0
"""Training time between evaluations of Stable-Baselines3's agents [s]."""

Curve = list[tuple[float, float]]
"""Training time [s] and mean return of each evaluation."""
Act = Callable[[Any], Any]


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

    def text(self) -> str:
        """A line of the table."""
        returns = [f"{self._best_until(60 * minutes):8.0f}" for minutes in MINUTES]
        times = [self.reached_s(threshold) for threshold in THRESHOLDS]
        reached = [f"{'never' if t is None else f'{t:.0f} s':>8}" for t in times]
        speed = self.updates / max(self.curve[-1][0], 1e-9)
        return (
            f"{self.learner:<10}{self.seed:>5}{''.join(returns)}{''.join(reached)}"
            f"{self.final_return:9.0f}{speed:10.0f}{self.load:7.1f}"
        )

    def _best_until(self, seconds: float) -> float:
        return max((value for at, value in self.curve if at <= seconds), default=np.nan)


def ours(seed: int, minutes: float) -> Result:
    """Train as `robo-ddpg train HalfCheetah-v5 --minutes M` does."""
    settings = train_settings(
        TASK, steps=10**9, minutes=minutes, seed=seed, evaluation_episodes=EPISODES
    )
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder) / "run")
        trainer = Trainer(settings, run, SilentProgress())
        trainer.judge.env = GuardedEnvironment(one_after_the_other(TASK, EPISODES))
        run.create(force=False)
        write_json(configuration(settings), run.config)
        trainer.train()
        rows = read_metrics(run.metrics)
        controller = Controller.load(run.controller)
    curve = [(row["training_s"] or 0.0, row["evaluation_return"] or 0.0) for row in rows]
    return _result("robo_ddpg", seed, int(rows[-1]["updates"] or 0), curve, controller.act)


def stable_baselines3(name: str, seed: int, minutes: float) -> Result:
    """Train an agent of Stable-Baselines3 with the settings of its zoo, and keep its best."""
    from stable_baselines3 import SAC, TD3
    from stable_baselines3.common.noise import NormalActionNoise

    torch.set_num_threads(2)
    env = gymnasium.make(TASK)
    if name == "SB3 TD3":
        model: Any = TD3(
            "MlpPolicy",
            env,
            seed=seed,
            learning_starts=10_000,
            train_freq=1,
            gradient_steps=1,
            action_noise=NormalActionNoise(np.zeros(6), 0.1 * np.ones(6)),
        )
    else:
        model = SAC("MlpPolicy", env, seed=seed, learning_starts=10_000)
    judge = _Judge(60.0 * minutes, model)
    model.learn(10**9, callback=judge)
    return _result(name, seed, model._n_updates, judge.curve, judge.best_act)


class _Judge:
    """Evaluates a model of Stable-Baselines3 while it trains, and stops it when time is up."""

    def __init__(self, limit_s: float, model: Any) -> None:
        self._limit_s, self._model = limit_s, model
        self._env = one_after_the_other(TASK, EPISODES)
        self._spent_s, self._due_s, self._last = 0.0, EVALUATE_EVERY_S, time.monotonic()
        self._best: dict[str, Any] = {}
        self.curve: Curve = []

    def __call__(self, *_: Any) -> bool:
        """Called after every step; False ends the training."""
        now = time.monotonic()
        self._spent_s, self._last = self._spent_s + now - self._last, now
        if self._spent_s >= min(self._due_s, self._limit_s):
            self._due_s += EVALUATE_EVERY_S
            self._evaluate()
            self._last = time.monotonic()
        return self._spent_s < self._limit_s

    def best_act(self, observation: Any) -> Any:
        """The actions of the best policy so far."""
        self._model.policy.load_state_dict(self._best)
        return self._act(observation)

    def _act(self, observation: Any) -> Any:
        return self._model.predict(np.asarray(observation, np.float32), deterministic=True)[0]

    def _evaluate(self) -> None:
        value = _mean_return(self._act, EVALUATION_SEED, self._env)
        if value >= max((known for _, known in self.curve), default=-np.inf):
            state = self._model.policy.state_dict()
            self._best = {key: tensor.clone() for key, tensor in state.items()}
        self.curve.append((self._spent_s, value))


def _mean_return(act: Act, seed: int, env: Any) -> float:
    return float(run_episodes(env, act, seed, EPISODES).returns.mean())


def _result(learner: str, seed: int, updates: int, curve: Curve, act: Act) -> Result:
    final = _mean_return(act, SEED, one_after_the_other(TASK, EPISODES))
    return Result(learner, seed, updates, curve, final, os.getloadavg()[0])


def results(seeds: list[int], sb3_seeds: list[int], minutes: float) -> Iterator[Result]:
    """One run after the other."""
    for seed in seeds:
        yield ours(seed, minutes)
    for seed in sb3_seeds:
        for name in ("SB3 TD3", "SB3 SAC"):
            yield stable_baselines3(name, seed, minutes)


def _header() -> str:
    returns = "".join(f"{f'{minutes:g} min':>8}" for minutes in MINUTES)
    times = "".join(f"{f'{threshold:.0f}':>8}" for threshold in THRESHOLDS)
    return f"{'learner':<10}{'seed':>5}{returns}{times}{'final':>9}{'updates/s':>10}{'load':>7}"


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="training time of each run")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--sb3-seeds", type=int, nargs="*", default=[0], help="of Stable-Baselines3's; may be none"
    )
    options = parser.parse_args()
    print(_header(), flush=True)
    runs: list[Result] = []
    for result in results(options.seeds, options.sb3_seeds, options.minutes):
        print(result.text(), flush=True)
        runs.append(result)
        _keep(runs, options.minutes)


def _keep(runs: list[Result], minutes: float) -> None:
    """Write the runs beside earlier ones of other seeds and learners."""
    kept = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {}
    new = {(run.learner, run.seed): dataclasses.asdict(run) for run in runs}
    old = {(run["learner"], run["seed"]): run for run in kept.get(TASK, {}).get("runs", [])}
    kept[TASK] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "minutes": minutes,
        "episodes": EPISODES,
        "runs": list((old | new).values()),
    }
    OUTPUT.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
