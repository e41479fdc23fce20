"""Which engine makes the runs of a command."""

import contextlib
import functools
from collections.abc import Iterator
from typing import Annotated

from tyro.conf import arg

from robo_ddpg.cli.parsing.fields import hint
from robo_ddpg.errors import SettingsError
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
        "their directory has to be one that all machines share.",
        help_behavior_hint="",
    ),
]


@contextlib.contextmanager
def engine(jobs: int | None, ray: tuple[str, ...] | None) -> Iterator[Engine]:
    """This machine's processes, or a cluster.

    Raises:
        SettingsError: neither can be.
    """
    if ray is None:
        at_once(1, jobs)
        yield functools.partial(run_side_by_side, wanted=jobs)
        return
    if jobs is not None or len(ray) > 1:
        raise SettingsError("--ray takes one address at most, and goes without --jobs")

    from robo_ddpg.many.cluster import connected

    with connected(ray[0] if ray else None) as cluster:
        yield cluster
