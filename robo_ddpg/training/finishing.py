"""What a run leaves behind at its end: the best controller with its evaluation, curve, report."""

from collections.abc import Callable, Sequence

from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import Evaluation, evaluate
from robo_ddpg.files import write_json
from robo_ddpg.runs.charts import learning_curve, save_png
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.tables import Row, write_rows
from robo_ddpg.training.settings import TrainSettings

FINAL_ROUNDS = 2
"""The final evaluation has this many times the episodes of an evaluation during training."""


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


def write_pages(run: RunDirectory, settings: TrainSettings, rows: Sequence[Row]) -> None:
    """Draw the learning curve from rows of metrics.csv, and write the report."""
    title = f"{settings.task}, seed {settings.seed}"
    save_png(learning_curve(rows, title), run.curve)
    write_report(run)
