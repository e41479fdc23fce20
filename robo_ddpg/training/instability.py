"""Steps that failed: what a simulation was doing, and when there are too many."""

import contextlib
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import versions
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.errors import EnvironmentFailure, RecordingError
from robo_ddpg.model_fields import model_fields
from robo_ddpg.recording.fault_dump import STATE, FaultDump

MOST_FILES = 20
"""Files kept per run; a task that is unstable more often than that needs no more of them."""
MOST_STEPS = 20
"""Steps before a fault that are kept."""

WINDOW = 10_000
"""The last transitions, over all simulations, among which dropped ones are counted."""
MOST = 100
"""More dropped transitions than this among them end the run: 1 %, or sooner all from the start."""


class InstabilityLog:
    """Keeps the last steps of all simulations; writes those of one that fails to a file."""

    def __init__(self, env: GuardedEnvironment, directory: Path) -> None:
        """Keep views of the simulations.

        Args:
            env: the simulations.
            directory: where files go; made when there is a first one.
        """
        self.files = 0
        self._env, self._directory = env, directory
        batch = None if env.simulation is None else env.simulation.batch
        self._live = {} if batch is None else {name: batch.bind(name) for name in STATE}
        self._steps: deque[dict[str, NDArray[Any]]] = deque(maxlen=MOST_STEPS)

    def before_step(self, observation: NDArray[Any], action: NDArray[Any]) -> None:
        """Keep what the next step starts from.

        Args:
            observation: (n, o).
            action: the agent's actions, (n, a).
        """
        seen = {"observation": observation, "action": action, **self._live}
        self._steps.append({name: np.array(values) for name, values in seen.items()})

    def add(self, unstable: NDArray[np.bool_], faults: dict[int, str], transitions: int) -> None:
        """Write a file for each simulation whose last step failed, as far as that is possible.

        Args:
            unstable: which, (n,).
            faults: simulation -> what was wrong.
            transitions: how many were collected by then; part of the name.
        """
        for i in np.flatnonzero(unstable)[: MOST_FILES - self.files].tolist():
            self.files += 1
            with contextlib.suppress(RecordingError):  # learning goes on without it
                dump = self._dump(i, faults.get(i, "the physics is unstable"))
                dump.save(self._directory / f"{transitions}-{i}.npz")

    def _dump(self, index: int, fault: str) -> FaultDump:
        """The last steps of the episode of one simulation."""
        simulation, steps = self._env.simulation, list(self._steps)
        steps = steps[-max(1, int(self._env.lengths[index])) :]
        kept = {name: np.array([step[name][index] for step in steps]) for name in steps[0]}
        physics: dict[str, Any] = {}
        if simulation is not None:
            physics = {
                "states": {name: kept[name] for name in STATE},
                "controls": simulation.controls[index].copy(),
                "model_fields": model_fields(simulation.batch, index),
            }
        return FaultDump(
            task=self._env.describe(),
            fault=fault,
            observations=kept["observation"],
            actions=kept["action"],
            versions=versions(),
            **physics,
        )


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
