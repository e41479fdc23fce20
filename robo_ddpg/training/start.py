"""Starting a run, and going on with one."""

import dataclasses

from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of
from robo_ddpg.training.trainer import Trainer


def train(
    settings: TrainSettings, run: RunDirectory, progress: Progress, *, force: bool = False
) -> Evaluation | None:
    """Train a controller.

    Args:
        settings: what to train, and how long.
        run: where to; made here, and removed after an error before anything was learned.
        progress: shows how it goes.
        force: replace an earlier run that is there.

    Returns:
        The evaluation of the best controller, which lies in the run directory; None if a signal
        left no time for it.

    Raises:
        OutputDirectoryError: something else is there, or it cannot be written.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    run.check(force=force)
    trainer = Trainer(settings, run, progress)
    run.create(force=force)
    write_json(configuration(settings), run.config)
    try:
        return trainer.train()
    except Exception:
        if trainer.agent.transitions == 0:
            run.remove()
        raise


def resume(
    run: RunDirectory, progress: Progress, *, steps: int | None = None, minutes: float | None = None
) -> Evaluation | None:
    """Continue a run.

    Args:
        run: an existing run directory.
        progress: shows how it goes.
        steps: total number of transitions, or None for as many again as planned at first.
        minutes: further training time [min], or None for as much again as planned at first.

    Returns:
        The evaluation of the best controller; None if a signal left no time for it.

    Raises:
        SettingsError: so many transitions were collected already.
        OutputDirectoryError: the run is damaged.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    settings = settings_of(run.read_config())
    trainer = Trainer(settings, run, progress)
    trainer.resume()
    done = trainer.agent.transitions
    if steps is not None and steps <= done:
        raise SettingsError(
            f"steps must be more than the {done} transitions of {run.path}, got {steps}"
        )
    more = settings.minutes if minutes is None else minutes
    trainer.settings = dataclasses.replace(
        settings,
        steps=done + settings.steps if steps is None else steps,
        minutes=None if more is None else trainer.training_s / 60.0 + more,
    )
    return trainer.train()
