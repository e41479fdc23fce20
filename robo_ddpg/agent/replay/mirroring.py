"""Transitions as a mirror shows them: twice as much to learn from the same steps."""

import numpy as np

from robo_ddpg.agent.replay.buffer import Minibatch
from tasks.arrays import Array
from tasks.mirror import Reflection

Mirror = tuple[Reflection, Reflection]
"""How observations and actions look in a mirror."""


def mirrored(batch: Minibatch, mirror: Mirror, share: float, origin: Array) -> Minibatch:
    """The same minibatch, some of its rows replaced by their images.

    Args:
        batch: Its arrays are written to.
        mirror: The images.
        share: Of the rows, spread evenly over the batch.
        origin: What stored observations are relative to, (o,).
    """
    observation, action = mirror
    rows = np.flatnonzero(np.diff(np.floor(share * np.arange(len(batch.action) + 1))))
    shift = (observation(origin) - origin).astype(np.float32)
    for seen in (batch.observation, batch.bootstrap_observation):
        seen[rows] = observation(seen[rows]) + shift
    batch.action[rows] = action(batch.action[rows])
    return batch
