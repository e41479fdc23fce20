"""Training and recording as functions, as short as on the command line.

Evaluating and comparing are `robo_ddpg.evaluate` and `robo_ddpg.compare`.
"""

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.evaluation.evaluate import SEED, Evaluation
from robo_ddpg.recording.film.video_file import VideoInfo
from robo_ddpg.recording.film.writing import Look
from robo_ddpg.recording.filming import CAMERA, film, roles_of
from robo_ddpg.rendering.backdrop import Background
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import read_metrics

if TYPE_CHECKING:
    from robo_ddpg.many.seeds.group import SeedGroup

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True)
class Run:
    """A training that has ended; everything it left lies in its directory."""

    path: Path
    """Directory of the run."""
    evaluation: Evaluation | None
    """The final evaluation of the best controller; None if Ctrl-C left no time for it."""

    @property
    def controller(self) -> Controller:
        """The best controller by evaluation."""
        return Controller.find(self.path)

    @property
    def metrics(self) -> list[Row]:
        """The rows of metrics.csv, one per evaluation; None for what was not measured."""
        return read_metrics(RunDirectory(self.path).metrics)


def train(
    task: str,
    *,
    out: AnyPath | None = None,
    seed: int = 0,
    preset: str = "default",
    agent: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    simulations: int | None = None,
    evaluate_every: int | None = None,
    demonstrations: AnyPath | None = None,
    track: Sequence[str] = (),
    stop_early: bool = True,
    robust: bool = False,
    device: str = "cpu",
    step_timeout_s: float | None = None,
    python: str | None = None,
    force: bool = False,
    quiet: bool = False,
) -> Run:
    """Train a controller.

    Blocks until the budget is used up or the task is mastered. In the main thread Ctrl-C ends it in
    good order: what was learned is saved and returned. After an error it is saved too; a note on
    the error says where. Shows its progress on a terminal, in a notebook, and as plain lines
    elsewhere.

    Args:
        task: name of a task, `module:Class` of a task or environment, or an id as Gymnasium names
            it, such as `my_module:My-v0`.
        out: directory of the run; runs/TASK/seed-SEED if not given.
        seed: fixes every random number of the run.
        preset: learning settings to start from: `default` (tuned), `td3` or `ddpg-2015`.
        agent: learning settings that differ from them, such as `{"discount": 0.9}`.
        environment: settings of the task, or arguments of the environment, that differ from the
            defaults.
        steps: transitions to collect at most; the default depends on the task.
        minutes: time to use at most, evaluations included [min].
        simulations: simulations that collect in parallel; the default depends on the task.
        evaluate_every: transitions between evaluations; the default depends on the task.
        demonstrations: episodes to learn from too: a directory that `demonstrate` made, a .npz
            file, or `minari:ID`.
        track: experiment trackers that are told the metrics too: `wandb`, `trackio`, `mlflow`.
        stop_early: stop once 99 % success were reached in five evaluations in a row.
        robust: vary masses, friction, strength, noise and latency, and observe the last actions.
        device: where networks are trained, `cpu` or `cuda`.
        step_timeout_s: how long a step or a reset of all simulations may take [s].
        python: another interpreter, whose processes step the environment.
        force: replace an earlier run in the same directory.
        quiet: show no progress.

    Raises:
        UnknownEnvironmentError: there is no such task or environment.
        SettingsError: a setting does not exist or has a value that cannot work.
        DemonstrationError: there are no such demonstrations, or one does not fit.
        OutputDirectoryError: the directory holds something else, or cannot be written.
        DivergenceError: the learner's numbers are no longer finite.
        EnvironmentFailure: the environment raised an exception, hangs, or returned what it must
            not.
    """
    from robo_ddpg.training import start
    from robo_ddpg.training.progress import make_progress
    from robo_ddpg.training.task_defaults import train_settings

    settings = train_settings(
        task,
        preset=preset,
        agent=agent,
        environment=environment,
        steps=steps,
        minutes=minutes,
        seed=seed,
        simulations=simulations,
        evaluate_every=evaluate_every,
        demonstrations=None if demonstrations is None else os.fspath(demonstrations),
        track=tuple(track),
        stop_early=stop_early,
        robust=robust,
        device=device,
        step_timeout_s=step_timeout_s,
        python=python,
    )
    run = RunDirectory(Path(out) if out else RunDirectory.default(settings.task, seed))
    progress = make_progress(f"train {settings.task}", quiet=quiet)
    return Run(run.path, start.train(settings, run, progress, force=force))


def train_seeds(
    task: str,
    seeds: Sequence[int],
    *,
    out: AnyPath | None = None,
    jobs: int | None = None,
    force: bool = False,
    quiet: bool = False,
    **settings: Any,
) -> "SeedGroup":
    """Train a task with several seeds, side by side, and join their curves.

    What goes wrong with one seed leaves the others alone.

    Args:
        task: as for `train`.
        seeds: at least one, each once.
        out: directory with `seed-S` for each; runs/TASK/seeds-0-to-4 or the like if not given.
        jobs: runs at once; as many as there are processors if not given.
        force: replace earlier runs in the same directory.
        quiet: show no progress.
        **settings: any of `train` that says what is trained and how long, such as `minutes`.

    Returns:
        The runs, what went wrong with them, and where their table and curves lie.

    Raises:
        UnknownEnvironmentError: there is no such task or environment.
        SettingsError: a setting does not exist or cannot work, or a seed is given twice.
        OutputDirectoryError: the directory holds something else, or cannot be written.
    """
    from robo_ddpg.many.seeds.group import train_seeds as made
    from robo_ddpg.many.seeds.side_by_side import run_side_by_side
    from robo_ddpg.training.task_defaults import train_settings

    planned = train_settings(task, **settings)
    engine = functools.partial(run_side_by_side, wanted=jobs)
    directory = None if out is None else Path(out)
    return made(planned, seeds, directory, engine=engine, force=force, quiet=quiet)


def record(
    controller: AnyController,
    path: AnyPath,
    *,
    episodes: int = 3,
    seed: int = SEED,
    camera: str | Sequence[str] = CAMERA,
    width: int = 640,
    height: int = 480,
    grid: tuple[int, int] | None = None,
    speed: float = 1.0,
    overlay: bool = True,
    until_solved: float | None = None,
    background: Background = "scene",
    trails: bool = False,
    inset: str | None = None,
    slow_contacts: float | None = None,
    **settings: Any,
) -> VideoInfo:
    """Film a controller, in a task or in any environment that gives pictures.

    Args:
        controller: a controller, its file, a run directory, or a task whose controller ships.
        path: the .mp4, .gif or .webp to write; a .png becomes a contact sheet, with a row of
            moments for each episode.
        episodes: how many; episode k starts from seed + k.
        seed: seed of the first episode.
        camera: camera of a task's scene; several are shown side by side.
        width: of one camera's picture [pixel]; an environment's own is fitted into it.
        height: of one camera's picture [pixel].
        grid: rows and columns of episodes shown at once; None shows one at a time.
        speed: of the playback; 2.0 is twice as fast as reality.
        overlay: write what happens beside the picture, which makes the film wider.
        until_solved: time that an episode goes on for, solved without a break, before it ends [s].
        background: of a task's robot: its scene, white, or nothing.
        trails: draw where fingertips or feet have been lately.
        inset: camera of a task's scene whose picture is shown in a corner.
        slow_contacts: times slower that a task is played where contacts begin.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        ControllerError: there is no such controller.
        RecordingError: its environment leaves no choice of cameras.
        RenderingError: nothing can be rendered, or there is no such camera.
        VideoError: there is nothing to see, or the file cannot be written.
    """
    look = Look(width, height, grid, speed, overlay, background, trails, inset, slow_contacts)
    roles = roles_of(Controller.find(controller), range(seed, seed + episodes))
    return film(roles, path, look, camera=camera, until_solved=until_solved, **settings).video
