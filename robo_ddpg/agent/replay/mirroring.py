"""Transitions as mirrors show them: twice as much to learn from the same steps, for each mirror."""

from collections.abc import Sequence

import numpy as np

from robo_ddpg.agent.replay.buffer import Minibatch
from tasks.arrays import Array, Ids
from tasks.mirror import Reflection

Mirror = tuple[Reflection, Reflection]
"""How observations and actions look in a mirror."""


def mirrored(batch: Minibatch, mirrors: Sequence[Mirror], share: float, origin: Array) -> None:
    """Replace some rows of a minibatch by their images.

    Args:
        batch: Its arrays are written to.
        mirrors: The images, one after the other: some rows are seen in several mirrors.
        share: Of the rows that each mirror shows, spread evenly over the batch.
        origin: What stored observations are relative to, (o,).
    """
    for which, (observation, action) in enumerate(mirrors):
        rows = _shown(len(batch.action), share, which)
        shift = (observation(origin) - origin).astype(np.float32)
        for seen in (batch.observation, batch.bootstrap_observation):
            seen[rows] = observation(seen[rows]) + shift
        batch.action[rows] = action(batch.action[rows])


def _shown(rows: int, share: float, which: int) -> Ids:
    """Rows that a mirror shows: those of one do not depend on those of another."""
    count = np.arange(rows) // 2**which
    return np.flatnonzero(np.floor(share * (count + 1)) > np.floor(share * count))
