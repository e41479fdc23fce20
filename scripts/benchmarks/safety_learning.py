"""Whether reach is learned as well with the safety filter as without it."""

import tempfile
from pathlib import Path
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.start import train
from robo_ddpg.training.task_defaults import train_settings
from tasks.arm.learning import REACH

SEEDS = tuple(range(10))
MASTERED = 0.99
"""Success rate in an evaluation of 100 episodes that is waited for."""
EPISODES = 500
"""Fresh episodes that the final controller is judged by."""


def learning() -> list[dict[str, Any]]:
    """Train with and without the filter, all seeds; one row for each run."""
    return [_trained(seed, safety) for safety in (True, False) for seed in SEEDS]


def _trained(seed: int, safety: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as directory:
        run = RunDirectory(Path(directory) / "run")
        settings = TrainSettings(
            task="reach",
            agent=train_settings("reach").agent,
            steps=REACH.steps,
            seed=seed,
            evaluate_every=1_000,
            mastered_times=10,
            environment={"safety": safety},
        )
        train(settings, run, SilentProgress())
        reached = [
            row
            for row in read_metrics(run.metrics)
            if (row["evaluation_success"] or 0.0) >= MASTERED
        ]
        controller = Controller.load(run.controller)
        summary = evaluate(controller, episodes=EPISODES).summary()
    first = reached[0] if reached else {"training_s": None, "transitions": None}
    return {
        "safety": safety,
        "seed": seed,
        "seconds_to_99": first["training_s"],
        "transitions_to_99": first["transitions"],
        "success_rate": summary["success_rate"],
        "return_mean": summary["return_mean"],
        "violations": summary["violations"],
    }
