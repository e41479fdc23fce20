"""Starting a run, and going on with one."""

import dataclasses

from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.files import write_json
from robo_ddpg.process.origin import origin
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of

try:
    import tensorboard  # noqa: F401 - before a run begins

    from robo_ddpg.training.checkpoints.store import check_room
    from robo_ddpg.training.trainer import Trainer
except ModuleNotFoundError as error:
    if error.name not in ("torch", "tensorboard"):
        raise
    raise SettingsError(
        "training needs PyTorch and TensorBoard: pip install 'robo-ddpg[train]'"
    ) from None


def train(
    settings: TrainSettings,
    run: RunDirectory,
    progress: Progress,
    *,
    force: bool = False,
    watch: Watch = UNWATCHED,
) -> Evaluation | None:
    """Train a controller.

    Args:
        settings: what to train, and how long.
        run: where to; made here, and removed after an error before anything was learned.
        progress: shows how it goes.
        force: replace an earlier run that is there.
        watch: a `Stopwatch` times what the threads do.

    Returns:
        The evaluation of the best controller, which lies in the run directory; None if a signal
        left no time for it.

    Raises:
        OutputDirectoryError: something else is there, it cannot be written, or there is no room.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    run.check(force=force)
    trainer = Trainer(settings, run, progress, watch)
    room = check_room(trainer.agent, settings.steps, run.checkpoints)
    with run.writing():
        run.create(force=force)
        write_json(configuration(settings), run.config)
        write_json(origin(), run.origin)
        progress.note(room)
        try:
            return trainer.train()
        except Exception:
            if trainer.agent.transitions == 0:
                run.remove()
            raise


def resume(
    run: RunDirectory,
    progress: Progress,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    watch: Watch = UNWATCHED,
) -> Evaluation | None:
    """Continue a run, as if it had never stopped.

    Args:
        run: an existing run directory.
        progress: shows how it goes.
        steps: total number of transitions, or None for as many as planned, or, if they are there
            already, as many again.
        minutes: further time [min], or None likewise.
        watch: a `Stopwatch` times what the threads do.

    Returns:
        The evaluation of the best controller; None if a signal left no time for it.

    Raises:
        SettingsError: so many transitions were collected already.
        OutputDirectoryError: the run is damaged, or another process writes it.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    with run.writing():
        planned = settings_of(run.read_config())
        trainer = Trainer(planned, run, progress, watch)
        trainer.checkpoints.clean()
        trainer.resume()
        _plan(trainer, planned, steps, minutes)
        return trainer.train()


def _plan(
    trainer: Trainer, planned: TrainSettings, steps: int | None, minutes: float | None
) -> None:
    """How far a run goes on."""
    done, done_min = trainer.agent.transitions, trainer.elapsed_s / 60.0
    if steps is not None and steps <= done:
        raise SettingsError(
            f"steps must be more than the {done} transitions of {trainer.run.path}, got {steps}"
        )
    budget = trainer.settings
    if trainer.finished:
        trainer.judge.mastered_times = 0
        again = None if planned.minutes is None else done_min + planned.minutes
        budget = dataclasses.replace(budget, steps=done + planned.steps, minutes=again)
    trainer.settings = dataclasses.replace(
        budget,
        steps=budget.steps if steps is None else steps,
        minutes=budget.minutes if minutes is None else done_min + minutes,
    )
