"""What a simulation did before it failed, as a file from which the failing step is made again."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.faults import physics_fault
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import RecordingError
from robo_ddpg.model_fields import with_fields
from robo_ddpg.recording import archive
from tasks.registry import UnknownTaskError

FORMAT = 1
"""Version of the file format."""
MOST_STEPS = 10_000
"""Control steps, and physics steps of the last of them."""
STATE = ("time", "qpos", "qvel", "act", "qacc_warmstart", "mocap_pos", "mocap_quat")
"""Fields of a simulation that decide, with the commands, what the physics does next."""
_HEAD = {"task": dict, "fault": str, "versions": dict}
_ARRAYS = ("observations", "actions", "controls")
_STATES, _FIELDS = "states/", "model_fields/"


@dataclass(frozen=True)
class FaultDump:
    """The last k steps of an episode; the last of them failed."""

    task: dict[str, Any]
    """Name and settings of the task or environment."""
    fault: str
    """Which simulation failed, in which step, and of what."""
    observations: NDArray[Any]
    """What the agent saw before each step, (k, o)."""
    actions: NDArray[Any]
    """What it did, (k, a)."""
    states: dict[str, NDArray[Any]] = field(default_factory=dict)
    """Field of `STATE` -> its values before each step, (k, ...); empty where the physics is out of
    reach."""
    controls: NDArray[Any] = field(default_factory=lambda: np.zeros((0, 0)))
    """Actuator commands of the step that failed, one per physics step, (substeps, nu)."""
    model_fields: dict[str, NDArray[Any]] = field(default_factory=dict)
    """Field of the model -> its values in this simulation, where simulations differ."""
    versions: dict[str, str] = field(default_factory=dict)
    """Package -> version."""

    def __post_init__(self) -> None:
        """Check that the arrays describe the same steps."""
        steps = len(self.actions)
        found = {"observations": self.observations, **self.states}
        if max(steps, len(self.controls)) > MOST_STEPS:
            raise RecordingError(f"Got {steps} steps, at most {MOST_STEPS} are shown.")
        if steps == 0 or any(len(values) != steps for values in found.values()):
            raise RecordingError(f"Got {steps} actions for other numbers of states.")
        if self.states and (self.states.keys() != {*STATE} or self.controls.ndim != 2):
            raise RecordingError(f"Got the states {sorted(self.states)}: expected {STATE}.")
        for name, kind in {"name": str, "settings": dict}.items():
            if not isinstance(self.task.get(name), kind):
                raise RecordingError(f"Got {self.task.get(name)!r:.40} as {name} of the task.")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a compressed .npz; under its name there is either the whole file or none.

        Raises:
            RecordingError: it cannot be written.
        """
        head = {"format": FORMAT, **{name: getattr(self, name) for name in _HEAD}}
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {_STATES + name: values for name, values in self.states.items()}
        arrays |= {_FIELDS + name: values for name, values in self.model_fields.items()}
        archive.write(path, head, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read one; loading can never run code.

        Raises:
            RecordingError: it is missing, damaged, or something else.
        """
        with archive.reading(path) as (head, arrays):
            if head["format"] != FORMAT:
                raise RecordingError(f"{path} has another format than {FORMAT}.")
            for name, kind in _HEAD.items():
                if not isinstance(head[name], kind):
                    raise RecordingError(f"{path} has {head[name]!r:.40} as {name}.")
            found: dict[str, Any] = {name: head[name] for name in _HEAD}
            found |= {name: arrays[name] for name in _ARRAYS}
            found |= {"states": _below(_STATES, arrays), "model_fields": _below(_FIELDS, arrays)}
            return cls(**found)

    def model(self) -> mujoco.MjModel:
        """The scene with what was this simulation's own.

        Raises:
            RecordingError: it is not the task's now.
            EntryPointError: the task would have a module imported.
        """
        try:
            task = make_task_of(self.task)
        except UnknownTaskError as error:
            raise RecordingError(f"{error}: use the version it was made with.") from None
        return with_fields(task.model, self.model_fields)

    def before_each_step(self, data: mujoco.MjData) -> Iterator[mujoco.MjData]:
        """Put the data into the state before each step, the one that failed the last.

        Raises:
            RecordingError: the states are those of another model.
        """
        for k in range(len(self.actions)):
            try:
                for name in STATE:
                    _set(data, name, self.states[name][k])
            except (ValueError, TypeError) as error:
                raise RecordingError(f"The states are of another model: {error}.") from None
            yield data

    def again(self, data: mujoco.MjData) -> Iterator[mujoco.MjData]:
        """Make the step that failed again, from the state before it.

        Yields:
            The data after each physics step, as long as MuJoCo does not warn.

        Raises:
            RecordingError: the commands are those of another model.
        """
        if self.controls.shape[1:] != data.ctrl.shape:
            raise RecordingError(f"Got commands of shape {self.controls.shape}.")
        for control in self.controls:
            data.ctrl[:] = control
            mujoco.mj_step(data.model, data)
            if data.warning.number.any():
                return
            yield data


def is_fault_dump(path: str | os.PathLike[str]) -> bool:
    """Whether it is one, and not a recording of a whole episode; raises as `FaultDump.load`."""
    with archive.reading(path) as (head, _):
        return "fault" in head


def resimulated(dump: FaultDump, model: mujoco.MjModel) -> mujoco.MjData:
    """The data after the step that failed was made again.

    Args:
        dump: what happened.
        model: `FaultDump.model`.

    Raises:
        RecordingError: it is of another model.
    """
    data = mujoco.MjData(model)
    for _ in (*dump.before_each_step(data), *dump.again(data)):
        pass
    return data


def warning_of(data: mujoco.MjData) -> str:
    """What MuJoCo warned of, in words; empty if of nothing."""
    raised = np.flatnonzero(data.warning.number)
    if not len(raised):
        return ""
    return physics_fault(data.model, int(raised[0]), int(data.warning.lastinfo[raised[0]]))


def _set(data: mujoco.MjData, name: str, value: NDArray[Any]) -> None:
    if name == "time":
        data.time = float(value)
        return
    target = getattr(data, name)
    if target.shape != value.shape:
        raise ValueError(f"{name} of shape {value.shape}")
    target[:] = value


def _below(start: str, arrays: archive.Arrays) -> archive.Arrays:
    return {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}
