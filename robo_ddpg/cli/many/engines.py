"""Which engine makes the runs of a command."""

import contextlib
import functools
from collections.abc import Iterator
from typing import Annotated, Any

from tyro.conf import arg

from robo_ddpg.cli.parsing.fields import hint
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.spread import Spread
from robo_ddpg.many.seeds.engine import Engine
from robo_ddpg.many.seeds.side_by_side import at_once, run_side_by_side

Jobs = Annotated[
    int | None,
    arg(
        help="Runs at once; as many as there are processors if not given.",
        help_behavior_hint=hint,
    ),
]
Ray = Annotated[
    tuple[str, ...] | None,
    arg(
        metavar="[ADDRESS]",
        help="Make the runs on a Ray cluster at this address, or on one that is started here; "
        "their directory has to be one that all machines share, unless --storage is given.",
        help_behavior_hint="",
    ),
]


StorageUri = Annotated[
    str | None,
    arg(
        metavar="URI",
        help="With --ray: keep the runs here, such as s3://bucket/place, and copies in their "
        "directory.",
        help_behavior_hint="",
    ),
]
RayPlayers = Annotated[
    tuple[str, ...] | None,
    arg(
        metavar="[ADDRESS]",
        help="Play the episodes on a Ray cluster at this address, or on one that is started here.",
        help_behavior_hint="",
    ),
]


@contextlib.contextmanager
def engine(
    jobs: int | None,
    ray: tuple[str, ...] | None,
    storage: str | None = None,
    *,
    anew: bool = False,
) -> Iterator[Engine]:
    """This machine's processes, or a cluster.

    Args:
        jobs: runs at once here; None for as many as there are processors.
        ray: address of a cluster, empty for one that is started here, or None for processes.
        storage: where runs on a cluster are kept, if not in a directory that all machines share.
        anew: forget what is kept there of runs of the same names.

    Raises:
        SettingsError: neither can be.
    """
    if ray is None:
        if storage is not None:
            raise SettingsError("--storage goes with --ray: here runs are kept in their directory")
        at_once(1, jobs)
        yield functools.partial(run_side_by_side, wanted=jobs)
        return
    if jobs is not None:
        raise SettingsError("--ray goes without --jobs: a cluster knows how many processors it has")

    from robo_ddpg.many.cluster.engine import RayEngine
    from robo_ddpg.many.cluster.storage import Storage

    kept = None if storage is None else Storage(storage)
    with _cluster(ray) as connected:
        yield RayEngine(connected, kept, anew=anew)


@contextlib.contextmanager
def players(ray: tuple[str, ...] | None) -> Iterator[Spread | None]:
    """Who plays episodes: nobody else, or a cluster.

    Raises:
        SettingsError: there is no such cluster.
    """
    if ray is None:
        yield None
        return

    from robo_ddpg.many.cluster.spread import RaySpread

    with _cluster(ray) as connected:
        yield RaySpread(connected)


def _cluster(ray: tuple[str, ...]) -> contextlib.AbstractContextManager[Any]:
    if len(ray) > 1:
        raise SettingsError("--ray takes one address at most")

    from robo_ddpg.many.cluster.joining import connected

    return connected(ray[0] if ray else None)
