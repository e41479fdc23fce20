"""Demonstrations in .npz files: our recordings, and plain arrays that any script can write.

A file of plain arrays holds one episode of T steps:

- `observations`, (T + 1, o), at the start and after each step; parts of a dictionary one by one, as
  `observations/NAME`
- `actions`, (T, a), as the environment applied them
- `rewards`, `terminations` and `truncations`, (T,)
- where it wants to: `task`, the name of the task or environment; and `reward_info`, (T, k), as the
  environment reports it, without which goals of our own tasks are not relabelled
"""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from robo_ddpg.envs.environment import Environment
from robo_ddpg.errors import DemonstrationError, UnreadableFile
from robo_ddpg.reading.arrays import read_arrays
from robo_ddpg.recording.recording import Recording
from robo_ddpg.training.demonstrations.recordings import from_recording
from robo_ddpg.training.demonstrations.shown import Shown

_NEEDED = ("actions", "rewards", "terminations", "truncations")
_PART = "observations/"


def from_file(path: Path, env: Environment) -> Shown:
    """The episode in a file.

    Raises:
        DemonstrationError: it is damaged, or lacks an array.
        RecordingError: it is a recording, and damaged.
    """
    arrays = _read(path)
    if "head" in arrays:
        return from_recording(Recording.load(path), str(path), env)
    missing = [name for name in _NEEDED if name not in arrays]
    observations = arrays.get("observations", _parts(arrays) or None)
    if observations is None:
        missing.insert(0, "observations")
    if missing:
        raise DemonstrationError(f"{path} has no {missing[0]}, expected an array of that name")
    return Shown(
        origin=str(path),
        task=str(arrays["task"]) if "task" in arrays else None,
        observations=observations,
        reward_info=arrays.get("reward_info"),
        **{name: arrays[name] for name in _NEEDED},
    )


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        return read_arrays(path)
    except (OSError, UnreadableFile) as error:
        raise DemonstrationError(f"{path} is not a whole .npz file: {error}") from None


def _parts(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name[len(_PART) :]: arrays[name] for name in arrays if name.startswith(_PART)}
