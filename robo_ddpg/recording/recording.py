"""An episode as data: enough to show it from any camera, without simulating it again."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import mujoco
import numpy as np
import numpy.typing as npt

from robo_ddpg.errors import RecordingError
from robo_ddpg.model_fields import model_hash, with_fields
from robo_ddpg.recording import archive
from robo_ddpg.recording.forms import check_forms

FORMAT = 1
"""Version of the file format; a file of another version is refused."""

MOCAP = mujoco.mjtState.mjSTATE_MOCAP_POS | mujoco.mjtState.mjSTATE_MOCAP_QUAT
"""Poses of mocap bodies, as a part of a state."""
_REQUIRED_ARRAYS = ("initial", "states", "actions", "rewards", "success")
_NOT_PER_STEP = ("observations", "mocap")
_OPTIONAL_ARRAYS = ("observations", "terminated", "reward_info", "mocap")
_NAMED_ARRAYS = ("reward_terms", "safety", "metrics", "commands", "model_fields")
_HEAD = ("task", "model_hash", "seed", "frames_per_second", "control_hz", "versions")


@dataclasses.dataclass(frozen=True)
class Recording:
    """One episode of `steps` control steps, seen in `frames` states."""

    task: dict[str, Any]
    """Name and settings of the task; only what JSON can hold."""

    model_hash: str
    """`model_hash` of the model that was simulated."""

    seed: int
    """Seed of the episode."""

    frames_per_second: float
    """How many rows of `states` make a second of simulated time [1/s]."""

    control_hz: float
    """Control steps per second of simulated time [1/s]."""

    initial: npt.NDArray[np.float64]
    """State at the start, mjSTATE_INTEGRATION, shape (nintegration,): poses of mocap bodies too."""

    states: npt.NDArray[np.float64]
    """State at each frame, mjSTATE_FULLPHYSICS, shape (frames, nphysics)."""

    actions: npt.NDArray[np.float32]
    """The agent's actions, shape (steps, act_dim)."""

    rewards: npt.NDArray[np.float64]
    """Rewards, shape (steps,)."""

    success: npt.NDArray[np.bool_]
    """Whether the task was solved after each step, shape (steps,)."""

    reward_terms: dict[str, npt.NDArray[np.float64]] = dataclasses.field(default_factory=dict)
    """Term -> its value after each step, shape (steps,)."""

    safety: dict[str, npt.NDArray[Any]] = dataclasses.field(default_factory=dict)
    """Reason -> how much the safety filter changed each step's action, shape (steps,)."""

    metrics: dict[str, npt.NDArray[np.float64]] = dataclasses.field(default_factory=dict)
    """Quantity -> its value after each step, shape (steps,); the task's `measured` has units."""

    commands: dict[str, npt.NDArray[np.float64]] = dataclasses.field(default_factory=dict)
    """What the robot is asked to do at the start and after each step, shape (steps + 1, k) each;
    empty in recordings of versions that did not keep it."""

    model_fields: dict[str, npt.NDArray[Any]] = dataclasses.field(default_factory=dict)
    """Field of the model -> its values in this simulation, where simulations differ: the size of
    the object, for example. See `model_fields`."""

    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    """Package -> the version it was recorded with."""

    observations: npt.NDArray[np.float32] | None = None
    """What the agent saw, at the start and after each step, shape (steps + 1, o); None, as what
    follows, in recordings of versions that did not keep it."""

    terminated: npt.NDArray[np.bool_] | None = None
    """Whether a failure ended the episode with each step, shape (steps,)."""

    reward_info: npt.NDArray[np.float32] | None = None
    """What the rewards depend on besides the goals, shape (steps, k); None without goals."""

    mocap: npt.NDArray[np.float64] | None = None
    """Positions and quaternions of mocap bodies at each frame, shape (frames, 7 nmocap); None where
    they stay where they were at the start."""

    def __post_init__(self) -> None:
        """Check that the arrays describe the same episode."""
        steps = len(self.rewards)
        per_step: dict[str, npt.NDArray[Any]] = {"actions": self.actions, "success": self.success}
        per_step |= self._optional(without=_NOT_PER_STEP)
        for name, values in {
            **per_step,
            **self.reward_terms,
            **self.safety,
            **self.metrics,
        }.items():
            if len(values) != steps:
                raise RecordingError(f"Got {len(values)} of {name} for {steps} rewards: one each.")
        longer = {"observations": self.observations, **self.commands}
        for name, seen in longer.items():
            if seen is not None and len(seen) != steps + 1:
                raise RecordingError(f"Got {len(seen)} of {name} for {steps} rewards: one more.")
        check_forms(self)
        if len(self.states) == 0:
            raise RecordingError(f"Got states of shape {self.states.shape}: give (frames, size).")
        if self.mocap is not None and len(self.mocap) != len(self.states):
            raise RecordingError(f"Got {len(self.mocap)} of mocap for {len(self.states)} states.")
        if not (self.frames_per_second > 0 and self.control_hz > 0):
            raise RecordingError("frames_per_second and control_hz must be positive.")

    @property
    def seconds(self) -> float:
        """Simulated time from the first frame to the last [s]."""
        return (len(self.states) - 1) / self.frames_per_second

    def first(self, steps: int) -> Self:
        """The same episode, cut off after so many control steps."""
        cut: dict[str, Any] = {
            name: getattr(self, name)[:steps] for name in ("actions", "rewards", "success")
        }
        optional = self._optional(without=_NOT_PER_STEP)
        cut |= {name: values[:steps] for name, values in optional.items()}
        for group in ("reward_terms", "safety", "metrics"):
            cut[group] = {name: values[:steps] for name, values in getattr(self, group).items()}
        cut["commands"] = {name: values[: steps + 1] for name, values in self.commands.items()}
        if self.observations is not None:
            cut["observations"] = self.observations[: steps + 1]
        frames = round(steps * self.frames_per_second / self.control_hz) + 1
        if self.mocap is not None:
            cut["mocap"] = self.mocap[:frames]
        return dataclasses.replace(self, states=self.states[:frames], **cut)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a compressed .npz; under its name there is either the whole file or none.

        Args:
            path: where to; ends in .npz. Missing directories are made.

        Returns:
            The path written.

        Raises:
            RecordingError: if the file cannot be written.
        """
        arrays = {name: getattr(self, name) for name in _REQUIRED_ARRAYS} | self._optional()
        for group in _NAMED_ARRAYS:
            arrays |= {f"{group}/{name}": x for name, x in getattr(self, group).items()}
        head = {
            "format": FORMAT,
            "task": self.task,
            "model_hash": self.model_hash,
            "seed": int(self.seed),
            "frames_per_second": float(self.frames_per_second),
            "control_hz": float(self.control_hz),
            "versions": self.versions,
        }
        return archive.write(path, head, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a recording; loading can never run code.

        Raises:
            RecordingError: if the file is missing, damaged, or not a recording.
        """
        with archive.reading(path) as (head, arrays):
            if head["format"] != FORMAT:
                raise RecordingError(f"{path} has another format than {FORMAT}: record it again.")
            fields: dict[str, Any] = {name: head[name] for name in _HEAD if name in head}
            fields |= {name: arrays[name] for name in _REQUIRED_ARRAYS}
            fields |= {name: arrays[name] for name in _OPTIONAL_ARRAYS if name in arrays}
            for group in _NAMED_ARRAYS:
                start = f"{group}/"
                fields[group] = {
                    key.removeprefix(start): arrays[key] for key in arrays if key.startswith(start)
                }
            return cls(**fields)

    def _optional(self, without: tuple[str, ...] = ()) -> dict[str, npt.NDArray[Any]]:
        named = {name: getattr(self, name) for name in _OPTIONAL_ARRAYS if name not in without}
        return {name: values for name, values in named.items() if values is not None}

    def iterate_data(self, model: mujoco.MjModel) -> Iterator[mujoco.MjData]:
        """Go through the frames, with everything that depends on positions computed.

        Args:
            model: the model that was recorded.

        Yields:
            The same `MjData` for each frame: use it before asking for the next. Its `model` is a
            copy of the given one, with this simulation's own fields.

        Raises:
            RecordingError: if the model is another one.
        """
        self.check_model(model)
        initial = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_INTEGRATION)
        if len(self.initial) != initial:
            raise RecordingError(f"Got {len(self.initial)} numbers to start, expected {initial}.")
        size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
        if self.states.shape[1] != size:
            raise RecordingError(f"Got states of {self.states.shape[1]} numbers, expected {size}.")
        if self.mocap is not None and self.mocap.shape[1] != 7 * model.nmocap:
            raise RecordingError(f"Got mocap of {self.mocap.shape[1]} numbers, expected 7 a body.")
        model = with_fields(model, self.model_fields)
        data = mujoco.MjData(model)
        mujoco.mj_setState(model, data, self.initial, mujoco.mjtState.mjSTATE_INTEGRATION)
        for frame, state in enumerate(self.states):
            mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
            if self.mocap is not None:
                mujoco.mj_setState(model, data, self.mocap[frame], MOCAP)
            mujoco.mj_fwdPosition(model, data)
            yield data

    def check_model(self, model: mujoco.MjModel) -> None:
        """Refuse a model that is not the one recorded.

        Raises:
            RecordingError: it is another one.
        """
        if model_hash(model) != self.model_hash:
            used = ", ".join(f"{name} {version}" for name, version in self.versions.items())
            raise RecordingError(
                "The recording was made with another model (or version of MuJoCo) than the task "
                f"has now: use the code and settings it was recorded with ({used or 'unknown'}), "
                "or record it again."
            )
