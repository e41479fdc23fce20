"""Joining a Ray cluster, or starting one on this machine."""

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

from robo_ddpg.errors import SettingsError
from robo_ddpg.many.seeds.job import module_path

NICENESS = "RAY_worker_niceness"
"""By default 15: beside anything else on the machine next to nothing is done then."""
PROCESSORS = 1
"""Of a task: as many runs as processors get the most out of them."""
NODE_DEATHS = 10
"""How often a task is begun again elsewhere."""
ANSWERS_WITHIN_S = 5.0
"""A cluster that can be reached [s]."""


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Join a cluster, or start one on this machine.

    Args:
        address: of the cluster, such as `10.0.0.1:6379`; None for one that is started here and ends
            with the block.

    Yields:
        The module `ray`, ready for tasks.

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
        yield ray
    finally:
        ray.shutdown()


def task_of(ray: Any, function: Any) -> Any:
    """A function as a task, with what it takes and how often it is tried again."""
    return ray.remote(num_cpus=PROCESSORS, max_retries=NODE_DEATHS)(function)


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
