"""Runs on many machines: each is a task of Ray, in a directory that all of them share.

Whatever a run is lies in its directory, so a task whose node died is begun again on another one and
goes on from the run's checkpoint, to the same result. How runs go is read from their directories.
"""

import contextlib
import functools
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.errors import RoboDDPGError, SettingsError, in_one_line
from robo_ddpg.interruption import Interruption
from robo_ddpg.locks import is_held
from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.engine import Watcher
from robo_ddpg.many.seeds.job import Job, carry_on, module_path
from robo_ddpg.runs import lock
from robo_ddpg.training.progress import SilentProgress

NICENESS = "RAY_worker_niceness"
"""By default 15: beside anything else on the machine next to nothing is done then."""
PROCESSORS = 1
"""Of a run: as many runs as processors get the most out of them."""
NODE_DEATHS = 10
"""How often a run is begun again elsewhere."""
ANSWERS_WITHIN_S = 5.0
"""A cluster that can be reached [s]."""
LOOK_EVERY_S = 1.0
"""How often directories of runs are read [s]."""
MOST_WAITING_S = 60.0
"""For the end of a process on a node that is thought dead, which still writes the run [s]."""


@contextlib.contextmanager
def connected(address: str | None) -> Iterator["RayEngine"]:
    """Join a cluster, or start one on this machine.

    Args:
        address: of the cluster, such as `10.0.0.1:6379`; None for one that is started here and ends
            with the block.

    Raises:
        SettingsError: Ray is not installed, or the cluster cannot be reached.
    """
    try:
        import ray
    except ImportError:
        raise SettingsError(
            "--ray needs Ray, which is not installed: pip install 'robo-ddpg[cluster]'"
        ) from None
    if address is not None:
        _knock(address)
    os.environ.setdefault(NICENESS, "0")  # of a cluster that is started here
    variables = {"PYTHONPATH": module_path(), "OMP_NUM_THREADS": str(PROCESSORS)}
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            configure_logging=False,
            include_dashboard=False if address is None else None,
            runtime_env={"env_vars": variables},
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"cannot reach a Ray cluster at {address}: {reason:.200}") from None
    try:
        yield RayEngine(ray)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """See whether anybody answers: Ray itself would try for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    if not port.isdecimal():
        raise SettingsError(f"a Ray cluster is named as HOST:PORT, got {address!r:.80}")
    try:
        socket.create_connection((host, int(port)), timeout=ANSWERS_WITHIN_S).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"no Ray cluster answers at {address}: {reason}") from None


class RayEngine:
    """Makes runs as tasks; an engine of sweeps and of several seeds."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        options = {"num_cpus": PROCESSORS, "max_retries": NODE_DEATHS}
        self._make: Any = ray.remote(**options)(make_run)

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
        here = os.getcwd()
        absolute = [Job(job.settings, Path(here, job.path)) for job in jobs]
        tasks = {self._make.remote(job.to_json(), here): i for i, job in enumerate(absolute)}
        errors: list[str | None] = [None] * len(jobs)
        told = False
        with Interruption() as interruption:
            while tasks:
                ended, _ = self._ray.wait(list(tasks), num_returns=1, timeout=LOOK_EVERY_S)
                for task in ended:
                    index = tasks.pop(task)
                    errors[index] = None if stop(index) else self._error(task)
                    _tell(watcher, index, absolute[index])
                    watcher.ended(index, errors[index])
                for task, index in tasks.items():
                    _tell(watcher, index, absolute[index])
                    if stop(index):
                        self._ray.cancel(task, force=True)
                if interruption.requested and not told:
                    told = True
                    for task in tasks:
                        self._ray.cancel(task, force=False)
        return errors

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
