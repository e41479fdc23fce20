"""Slow motion around the moments in which contacts begin."""

from collections.abc import Iterator

import mujoco
import numpy as np

from robo_ddpg.recording.recording import Recording
from tasks.arrays import Array, Int64

BEFORE_S = 0.05
"""Slow motion begins so long before a contact [s]."""
AFTER_S = 0.1
"""It ends so long after the contact has begun [s]."""
APART_S = 0.1
"""Bodies that were apart for less have bounced, or slid: that is no new contact [s]."""


def paces(recording: Recording, model: mujoco.MjModel, factor: float) -> Array:
    """How fast each state is played, as a share of the usual speed, (frames,).

    Args:
        recording: the episode, in so many states that a touch shows in one of them.
        model: the model that was recorded.
        factor: times slower around contacts.
    """
    found = np.ones(len(recording.states))
    before, after = (round(s * recording.frames_per_second) for s in (BEFORE_S, AFTER_S))
    for frame in contacts_begun(recording, model):
        found[max(0, frame - before) : frame + after] = 1.0 / factor
    return found


def contacts_begun(recording: Recording, model: mujoco.MjModel) -> Iterator[int]:
    """Frames in which two bodies touch that were apart, since the start or since they touched."""
    apart = APART_S * recording.frames_per_second
    last: dict[tuple[int, int], int] = {}
    for frame, data in enumerate(recording.iterate_data(model)):
        for pair in _touching(data):
            if frame - last.get(pair, 0) > apart:
                yield frame
            last[pair] = frame


def _touching(data: mujoco.MjData) -> set[tuple[int, int]]:
    """Pairs of bodies that touch, parts that are welded together being one body."""
    model = data.model
    geoms = data.contact.geom[(data.contact.dist <= 0.0) & (data.contact.exclude == 0)]
    bodies = np.sort(model.body_weldid[model.geom_bodyid[geoms]], axis=1)
    return {(int(one), int(other)) for one, other in bodies}


def times_shown(played: Array, stride: float) -> Int64:
    """How many frames of a film show each state, (frames,); the last state is always shown.

    Args:
        played: from `paces`.
        stride: states in a frame at the usual speed.
    """
    since_start = np.concatenate([[0.0], np.cumsum(1.0 / played[:-1])])
    due = np.arange(0.0, since_start[-1], stride)
    shown = np.bincount(np.searchsorted(since_start, due, side="right") - 1, minlength=len(played))
    shown[-1] = max(1, shown[-1])
    return np.asarray(shown, np.int64)
