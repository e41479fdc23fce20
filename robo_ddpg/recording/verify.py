"""Verification of a recording: the episode is simulated again and compared to the last bit."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.entry_points import check_familiar
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import RecordingError
from robo_ddpg.recording.recorder import record, recordable
from robo_ddpg.recording.recording import Recording


@dataclass(frozen=True)
class Verification:
    """How a recording compares with the same episode simulated again."""

    steps: int
    """Control steps compared."""
    departs: str
    """What departs first, such as `states`; empty if everything is bit-identical."""
    row: int | None = None
    """Row of that array where it departs first; None if the lengths differ or nothing departs."""
    time_s: float | None = None
    """Simulated time of that row [s]."""
    difference: float | None = None
    """Largest absolute difference in that row."""

    @property
    def identical(self) -> bool:
        """Whether every bit is the same."""
        return not self.departs

    def __str__(self) -> str:
        if self.identical:
            return f"bit-identical in all {self.steps} steps"
        if self.row is None:
            return f"departs: {self.departs} has another length"
        return f"departs at {self.time_s:.3f} s: {self.departs}, off by up to {self.difference:.3g}"


def verify(recording: Recording) -> Verification:
    """Verify a recording: simulate its episode from its seed and actions, and compare every state.

    Raises:
        RecordingError: the task is now another than the one recorded.
        EntryPointError: its task would have a module imported: import it first if you trust it.
    """
    return _compared(recording, _again(recording))


def in_full(recording: Recording) -> Recording:
    """The same episode with its state after every physics step, simulated again.

    Raises:
        RecordingError: the task is now another, or the episode is not the same to the last bit.
        EntryPointError: as `verify`.
    """
    full = _again(recording, every_state=True)
    one, other = (dataclasses.replace(each, states=each.states[-1:]) for each in (recording, full))
    found = _compared(one, other)
    if not found.identical:
        raise RecordingError(
            f"seed {recording.seed} cannot be shown in full: simulated again it {found}"
        )
    return full


def _again(recording: Recording, *, every_state: bool = False) -> Recording:
    """The episode simulated again from its seed and actions."""
    task = recording.task
    check_familiar(task["name"], "the recording", f"name it yourself with --task {task['name']}")
    env = make_environment(task["name"], 1, threads=1, **task["settings"])
    simulation = recordable(env)
    try:
        recording.check_model(simulation.task.model)
        actions = recording.actions
        if actions.shape[1:] != env.single_action_space.shape:
            raise RecordingError(
                f"the recording has actions of shape {actions.shape[1:]}, the task "
                f"{task['name']!r} takes {env.single_action_space.shape}: record it again"
            )
        rows = iter(actions[:, None])
        seeds = [recording.seed]
        usual = round(recording.frames_per_second / recording.control_hz)
        states = simulation.task.substeps if every_state else usual
        (again,) = record(env, simulation, lambda _: next(rows), seeds, len(actions), states)
    finally:
        env.close()
    return again


def _compared(old: Recording, new: Recording) -> Verification:
    """The first difference in time; states before what follows from them."""
    steps = len(old.actions)
    found: list[Verification] = []
    for name, rate in (
        ("initial", 0.0),
        ("states", old.frames_per_second),
        ("rewards", old.control_hz),
        ("success", old.control_hz),
    ):
        a, b = getattr(old, name), getattr(new, name)
        if name == "initial":
            a, b = a[None], b[None]
        if a.shape != b.shape:
            return Verification(steps, name)
        differs = np.flatnonzero(_bits_differ(a, b))
        if len(differs):
            row = int(differs[0])
            offset = 1 if name in ("rewards", "success") else 0  # row 0 is the end of step 1
            time_s = (row + offset) / rate if rate else 0.0
            size = float(np.abs(a[row].astype(float) - b[row].astype(float)).max())
            found.append(Verification(steps, name, row, time_s, size))
    return min(found, key=lambda each: each.time_s or 0.0, default=Verification(steps, ""))


def _bits_differ(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Rows whose bytes differ; unlike `!=` this tells -0 from 0 and knows NaN."""
    bytes_a, bytes_b = (np.ascontiguousarray(x).view(np.uint8).reshape(len(x), -1) for x in (a, b))
    return np.asarray((bytes_a != bytes_b).any(1))
