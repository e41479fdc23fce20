"""Unstable steps: what a simulation was doing, doing it again, and when there are too many."""

import json
from collections import deque
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import EnvironmentFailure, RecordingError
from robo_ddpg.files import replacing
from robo_ddpg.model_fields import model_fields, with_fields
from robo_ddpg.reading.arrays import read_arrays

STATE = ("time", "qpos", "qvel", "act", "qacc_warmstart", "mocap_pos", "mocap_quat")
"""Fields of the simulation that decide, with the commands, what the physics does next."""
_MODEL = "model/"
"""What the names of model fields begin with in a file."""
MOST_FILES = 20
"""Files kept per run; a task that is unstable more often than that needs no more of them."""

WINDOW = 10_000
"""The last transitions, over all simulations, among which dropped ones are counted."""
MOST = 100
"""More dropped transitions than this among them end the run: 1 %, or sooner all from the start."""


class InstabilityLog:
    """Writes a file per unstable simulation: its model's fields; state and commands of its step."""

    def __init__(self, simulation: Simulation, directory: Path) -> None:
        """Keep views of the simulations.

        Args:
            simulation: the simulations.
            directory: where files go; made when there is a first one.
        """
        self.files = 0
        self._simulation, self._directory = simulation, directory
        self._live = {name: simulation.batch.bind(name) for name in STATE}
        self._before: dict[str, NDArray[Any]] = {}

    def before_step(self) -> None:
        """Keep the state that the next step starts from."""
        self._before = {name: view.copy() for name, view in self._live.items()}

    def add(self, unstable: NDArray[np.bool_], action: NDArray[Any], transitions: int) -> None:
        """Write a file for each simulation whose last step was unstable.

        Args:
            unstable: which, (n,).
            action: the agent's actions, (n, a).
            transitions: how many were collected by then; part of the name.
        """
        for i in np.flatnonzero(unstable):
            if self.files == MOST_FILES:
                return
            self.files += 1
            arrays: dict[str, Any] = {name: values[i] for name, values in self._before.items()}
            fields = model_fields(self._simulation.batch, int(i))
            arrays |= {_MODEL + name: values for name, values in fields.items()}
            with replacing(self._directory / f"{transitions}-{i}.npz") as part:
                np.savez_compressed(
                    part,
                    task=json.dumps(self._simulation.task.describe()),
                    action=action[i],
                    controls=self._simulation.controls[i],
                    **arrays,
                )


def resimulate(path: Path) -> mujoco.MjData:
    """Simulate the step in a file again; `data.warning` then says what happened.

    Raises:
        RecordingError: it is not such a file.
    """
    try:
        file = read_arrays(path)
        arrays = {name: file[name] for name in ("task", "controls", *STATE)}
        names = [name for name in file if name.startswith(_MODEL)]
        fields = {name.removeprefix(_MODEL): file[name] for name in names}
    except (OSError, ValueError, KeyError) as error:
        raise RecordingError(f"{path} is not the file of an unstable step: {error}") from None
    model = with_fields(make_task_of(json.loads(str(arrays["task"]))).model, fields)
    data = mujoco.MjData(model)
    for name in STATE:
        if name == "time":
            data.time = float(arrays[name])
        else:
            getattr(data, name)[:] = arrays[name]
    for control in arrays["controls"]:
        data.ctrl[:] = control
        mujoco.mj_step(model, data)
        if data.warning.number.any():
            break
    return data


class DroppedTransitions:
    """Counts the transitions that were dropped lately."""

    def __init__(self, name: str, num_envs: int) -> None:
        """Start to count.

        Args:
            name: the environment's.
            num_envs: transitions per step.
        """
        self.name = name
        self.lately = 0
        """How many of the last `WINDOW` transitions were dropped."""
        self._counts: deque[int] = deque([0] * max(1, WINDOW // num_envs))

    def add(self, count: int, fault: str | None) -> None:
        """Add a step of all simulations.

        Args:
            count: how many of its transitions were dropped.
            fault: what was not finite in one of them, where and when; None if the physics was
                unstable.

        Raises:
            EnvironmentFailure: they are too many.
        """
        self.lately += count - self._counts.popleft()
        self._counts.append(count)
        if self.lately > MOST:
            raise EnvironmentFailure(
                f"{fault or f'{self.name}: the physics is unstable'}; {self.lately} of the last "
                f"{WINDOW} transitions were not finite or unstable and had to be dropped, more "
                f"than the {MOST} that may be: mend the environment"
            )
