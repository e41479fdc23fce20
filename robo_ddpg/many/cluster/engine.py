"""Runs on many machines: each is a task of Ray.

Whatever a run is lies in its directory, which all machines share or which is kept in a storage. So
a task whose node died is begun again on another one and goes on from the run's checkpoint, to the
same result. How runs go is read from their directories.
"""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.errors import RoboDDPGError, in_one_line
from robo_ddpg.many.cluster.joining import task_of
from robo_ddpg.many.cluster.storage import Storage, StoredRun
from robo_ddpg.many.cluster.stored_runs import make_stored_run
from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.engine import Watcher
from robo_ddpg.many.seeds.job import Job, carry_on
from robo_ddpg.process.interruption import Interruption
from robo_ddpg.process.locks import is_held
from robo_ddpg.runs import lock
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import SilentProgress

LOOK_EVERY_S = 1.0
"""How often directories of runs are read [s]."""
FETCH_EVERY_S = 5.0
"""The same where they are in a storage [s]."""
MOST_WAITING_S = 60.0
"""For the end of a process on a node that is thought dead, which still writes the run [s]."""


class RayEngine:
    """Makes runs as tasks; an engine of sweeps and of several seeds."""

    def __init__(self, ray: Any, storage: Storage | None = None, *, anew: bool = False) -> None:
        """Runs in directories that all machines share, or in a storage.

        Args:
            ray: the module, connected.
            storage: where runs are kept; their directories here are copies then.
            anew: forget runs of the same names there.
        """
        self._ray, self._storage, self._anew = ray, storage, anew
        self._look_every_s = LOOK_EVERY_S if storage is None else FETCH_EVERY_S

    def __call__(
        self,
        jobs: Sequence[Job],
        watcher: Watcher,
        *,
        stop: Callable[[int], bool] = lambda _: False,
    ) -> list[str | None]:
        """Make runs; those about which `stop` says so are killed.

        Returns:
            What went wrong with each; None for those in good order.
        """
        absolute = [Job(job.settings, Path(os.getcwd(), job.path)) for job in jobs]
        tasks = {self._begin(job): i for i, job in enumerate(absolute)}
        errors: list[str | None] = [None] * len(jobs)
        told = False
        with Interruption() as interruption:
            while tasks:
                ended, _ = self._ray.wait(list(tasks), num_returns=1, timeout=self._look_every_s)
                for task in ended:
                    index = tasks.pop(task)
                    fetched = self._fetch(absolute[index])
                    errors[index] = None if stop(index) else self._error(task) or fetched
                    _tell(watcher, index, absolute[index])
                    watcher.ended(index, errors[index])
                for task, index in tasks.items():
                    self._fetch(absolute[index], "config.json", "metrics.csv")
                    _tell(watcher, index, absolute[index])
                    if stop(index):
                        self._ray.cancel(task, force=True)
                if interruption.requested and not told:
                    told = True
                    for task in tasks:
                        self._ray.cancel(task, force=False)
        return errors

    def _begin(self, job: Job) -> Any:
        """The task that makes a run."""
        if self._storage is None:
            return task_of(self._ray, make_run).remote(job.to_json(), os.getcwd())
        kept = StoredRun(self._storage, _name(job), job.path)
        if self._anew:
            kept.forget()
        if RunDirectory(job.path).config.exists() and not kept.exists():
            kept.claim()
            kept.push()
        make: Any = task_of(self._ray, make_stored_run)
        return make.remote(job.to_json(), self._storage.uri, _name(job))

    def _fetch(self, job: Job, *only: str) -> str | None:
        """Copy a run, or some of its files, from its storage; returns what hindered that."""
        if self._storage is None:
            return None
        try:
            StoredRun(self._storage, _name(job), job.path).pull(*only)
        except OSError as error:
            return f"cannot be copied from {self._storage.uri}: {in_one_line(error)}"
        return None

    def _error(self, task: Any) -> str | None:
        """What went wrong with a task that has ended."""
        errors = self._ray.exceptions
        try:
            said: str | None = self._ray.get(task)
            return said
        except errors.TaskCancelledError:
            return None
        except errors.RayError as error:
            return " ".join(str(error).split())[-300:]


def _name(job: Job) -> str:
    """Of a run in a storage: its path as the user gave it, from here if it is below."""
    path = job.path
    here = Path(os.getcwd())
    return str(path.relative_to(here if path.is_relative_to(here) else path.anchor))


def make_run(job: dict[str, Any], directory: str) -> str | None:
    """Make a run, or go on with it, in a process of Ray's.

    Args:
        job: from `Job.to_json`.
        directory: to work in, where it is there.

    Returns:
        What went wrong; None if it is in good order.
    """
    made = Job.from_json(job)
    with contextlib.suppress(OSError):
        os.chdir(directory)
    held = functools.partial(is_held, made.path / lock.NAME)
    ends = time.monotonic() + MOST_WAITING_S
    while held() and time.monotonic() < ends:
        time.sleep(0.1)
    try:
        carry_on(made, SilentProgress())
    except RoboDDPGError as error:
        return in_one_line(error)
    return None


def _tell(watcher: Watcher, index: int, job: Job) -> None:
    """Tell what the directory of a run says of it."""
    if not (job.path / "metrics.csv").exists():
        return
    rows = look_at(job.path).rows
    if rows:
        done = (rows[-1]["transitions"] or 0.0) / job.settings.steps
        watcher.update(index, min(done, 1.0), rows[-1])
