"""What the parts of a recording have to be."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import RecordingError

ARRAYS = {
    "initial": ("f", 1),
    "states": ("f", 2),
    "actions": ("f", 2),
    "rewards": ("f", 1),
    "success": ("b", 1),
    "observations": ("f", 2),
    "terminated": ("b", 1),
    "reward_info": ("f", 2),
    "mocap": ("f", 2),
}
"""Array -> kind of its type, and dimensions."""
GROUPS = ("reward_terms", "safety", "metrics")
"""Of numbers, one per step."""
FINITE = ("initial", "states", "rewards")
NUMBER = (int, float)
PLAIN = {
    "model_hash": str,
    "seed": int,
    "frames_per_second": NUMBER,
    "control_hz": NUMBER,
    "versions": dict,
    "task": dict,
}


def check_forms(recording: Any) -> None:
    """Check types and dimensions, that states can be shown, and that a task has its parts.

    Raises:
        RecordingError: something is not as it has to be; the message names it.
    """
    for name, kind in PLAIN.items():
        _check_plain(name, getattr(recording, name), kind)
    for name, kind in {"name": str, "settings": dict}.items():
        _check_plain(f"task.{name}", recording.task.get(name), kind)
    for name, form in ARRAYS.items():
        _check_array(name, getattr(recording, name), *form)
    for group in GROUPS:
        for name, array in getattr(recording, group).items():
            _check_array(name, array, "f", 1)
    for name, array in recording.commands.items():
        _check_array(name, array, "f", 2)
    for name in FINITE:
        if not np.isfinite(getattr(recording, name)).all():
            raise RecordingError(f"Got {name} that are not finite: record it again.")


def _check_plain(name: str, value: Any, kind: Any) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RecordingError(f"Got {value!r:.40} as {name}.")


def _check_array(name: str, array: NDArray[Any] | None, kind: str, dimensions: int) -> None:
    if array is not None and (array.dtype.kind, array.ndim) != (kind, dimensions):
        raise RecordingError(f"Got {name} of type {array.dtype} and shape {array.shape}.")
