"""What is kept of a run: the best controller with its evaluation, curve and report."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from robo_ddpg.agent.learner import Learner
from robo_ddpg.controller import FORMAT, Controller, versions
from robo_ddpg.envs.environment import Environment, size_of
from robo_ddpg.evaluation.evaluate import Evaluation, evaluate
from robo_ddpg.files import write_json
from robo_ddpg.runs.charts import learning_curves, save_png
from robo_ddpg.runs.diagnosis.finding import Diagnosis
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.tables import Row, write_rows
from robo_ddpg.training.settings import TrainSettings

FINAL_ROUNDS = 2
"""The final evaluation has this many times the episodes of an evaluation during training."""


def controller_of(
    agent: Learner, env: Environment, settings: TrainSettings, training_s: float
) -> Controller:
    """The policy as it is now, ready to be saved."""
    tensors = {name: tensor.numpy() for name, tensor in agent.policy_state().items()}
    actions = env.single_action_space
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "task": env.describe(),
        "observation_size": size_of(env.single_observation_space),
        "action_low": actions.low.tolist(),
        "action_high": actions.high.tolist(),
        "agent": dataclasses.asdict(settings.agent),
        "training": {
            "seed": settings.seed,
            "transitions": agent.transitions,
            "updates": agent.updates,
            "training_s": round(training_s, 2),
        },
        "versions": versions(),
    }
    return Controller(tensors, metadata)


def is_finite(controller: Controller) -> bool:
    """Whether it can act at all."""
    return all(np.isfinite(tensor).all() for tensor in controller.tensors.values())


def keep(controller: Controller, run: RunDirectory) -> None:
    """Save the controller of a run; evaluations of the one before are no longer true of it."""
    controller.save(run.controller)
    for path in (run.evaluation, run.episodes):
        path.unlink(missing_ok=True)


def evaluate_best(
    run: RunDirectory, settings: TrainSettings, stop: Callable[[], bool]
) -> Evaluation:
    """Evaluate the controller that was kept, on fresh episodes, and write the result into it.

    Raises:
        EvaluationStopped: `stop` said so; the controller is as it was.
        EnvironmentFailure: the environment failed.
    """
    best = Controller.find(run.path)
    evaluation = evaluate(best, episodes=FINAL_ROUNDS * settings.evaluation_episodes, stop=stop)
    write_json(evaluation.summary(), run.evaluation)
    write_rows(evaluation.rows(), run.episodes)
    best.metadata["evaluation"] = evaluation.summary() | {"controller": run.controller.name}
    best.save(run.controller)
    return evaluation


def write_diagnosis(diagnosis: Diagnosis, run: RunDirectory) -> None:
    """Write what was found wrong until now; there is no file where that is nothing."""
    if diagnosis.findings:
        write_json(diagnosis.to_json(), run.diagnosis)
    else:
        run.diagnosis.unlink(missing_ok=True)


def write_pages(run: RunDirectory, settings: TrainSettings, rows: Sequence[Row]) -> None:
    """Draw the learning curve from rows of metrics.csv, and write the report."""
    title = f"{settings.task}, seed {settings.seed}"
    save_png(learning_curves(rows, title), run.curve)
    write_report(run)
