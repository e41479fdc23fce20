"""Demonstrations: episodes of a scripted solution, or of a controller, kept as recordings."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robo_ddpg.control.entry_points import load
from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import DemonstrationError, OutputDirectoryError
from robo_ddpg.evaluation.episodes import Act
from robo_ddpg.evaluation.evaluate import check_count_and_seed, check_fit
from robo_ddpg.recording.recorder import record, recordable
from robo_ddpg.recording.recording import Recording
from tasks.task import Task

SEED = 30_000
"""Seed of the first demonstration; training and evaluations draw from others."""
AT_ONCE = 50
"""Episodes simulated in parallel."""
TRIES = 10
"""Episodes tried at most for each that is wanted."""


@dataclass(frozen=True)
class Demonstrations:
    """What was demonstrated."""

    path: Path
    """Directory of the recordings, `seed-N.npz`."""
    kept: int
    """Recordings in it."""
    steps: int
    """Their control steps."""
    tried: int
    """Episodes that were run for them."""
    solved: int
    """How many of these were solved at the end."""


def demonstrate(
    task: str,
    out: str | os.PathLike[str],
    *,
    episodes: int = 50,
    seed: int = SEED,
    controller: AnyController | None = None,
    successes_only: bool = True,
    progress: Callable[[int], None] | None = None,
    **settings: Any,
) -> Demonstrations:
    """Run episodes of a task's scripted demonstrator and keep them as recordings.

    Args:
        task: name of a task of this package, or `module:Class`.
        out: directory of the recordings.
        episodes: how many to keep.
        seed: seed of the first episode; the next ones count up from it.
        controller: what demonstrates instead of the script: a controller, or what `Controller.find`
            takes.
        successes_only: keep only episodes that are solved at the end, and run more instead.
        progress: called with the number of episodes kept so far.
        **settings: settings of the task that differ from its defaults, or from those that the
            controller was trained with.

    Raises:
        DemonstrationError: the task has no demonstrator, or too few episodes are solved.
        RecordingError: the task is not one of this package's.
        OutputDirectoryError: the directory holds recordings already.
        ControllerError: there is no such controller, or it does not fit the task.
    """
    out = Path(out)
    check_count_and_seed(episodes, seed)
    _check_without_recordings(out)
    actor = None if controller is None else Controller.find(controller)
    if actor is not None and actor.task["name"] == task:
        settings = {**actor.task["settings"], **settings}
    env = make_environment(task, min(episodes, AT_ONCE), **settings)
    simulation = recordable(env)
    kept = steps = tried = solved = 0
    try:
        act = _script(simulation.task) if actor is None else _fitting(actor, env)
        for recording in _episodes(env, simulation, act, seed):
            tried += 1
            solved += (success := bool(recording.success[-1]))
            if success or not successes_only:
                recording.save(out / f"seed-{recording.seed}.npz")
                kept, steps = kept + 1, steps + len(recording.rewards)
                if progress:
                    progress(kept)
            if kept == episodes or tried == TRIES * episodes:
                break
    finally:
        env.close()
    if kept < episodes:
        raise DemonstrationError(
            f"only {solved} of {tried} episodes of {task} were solved, {episodes} were wanted; "
            "keep all with --no-successes-only, or let another controller demonstrate"
        )
    return Demonstrations(out, kept, steps, tried, solved)


def _episodes(env: Environment, simulation: Simulation, act: Act, seed: int) -> Iterator[Recording]:
    """Episodes without end, in the order of their seeds."""
    while True:
        yield from record(env, simulation, act, range(seed, seed + env.num_envs))
        seed += env.num_envs


def _script(task: Task) -> Act:
    if task.demonstrator is None:
        raise DemonstrationError(
            f"{task.name} has no scripted demonstrator: name a trained controller with --controller"
        )
    act: Act = load(task.demonstrator)(task).act
    return act


def _fitting(controller: Controller, env: Environment) -> Act:
    check_fit(controller, env)
    return controller.act


def _check_without_recordings(out: Path) -> None:
    if any(out.glob("*.npz")):
        raise OutputDirectoryError(
            f"{out} holds recordings already; name another directory with --out, or delete them"
        )
