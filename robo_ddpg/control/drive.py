"""What stands between an agent's action and the actuators of a robot."""

import abc
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch

from robo_ddpg.control.interventions import Interventions
from tasks.arrays import Array, Ids, Mask
from tasks.quantities import Measure, Quantity
from tasks.task import Task

RecordItem = str | int

_MOTION = int(mujoco.mjtState.mjSTATE_QPOS | mujoco.mjtState.mjSTATE_QVEL)


class Drive(abc.ABC):
    """Turns actions into actuator commands within the robot's limits, and watches what follows.

    A task names the drive of its robot by an entry point, `module:Class`.
    """

    reasons: tuple[str, ...] = ()
    """Why this drive may alter an action."""
    limits: tuple[str, ...] = ()
    """Limits that the simulated robot is checked against at every physics step."""

    action_size: int
    """Number of action components."""
    controls: Array
    """Actuator commands of the last control step, one per physics step, (n, substeps, nu)."""
    states: Array
    """Positions and velocities after each physics step, (n, substeps, nq + nv)."""
    records: dict[RecordItem, Any]
    """What of the simulation is recorded after every physics step, and where to."""

    def __init__(self, task: Task, batch: Batch, threads: int) -> None:
        """Make room for the commands and for what follows from them.

        Args:
            task: the task, whose robot is driven.
            batch: its simulations.
            threads: threads for what is calculated besides the physics; 0 for one per core.
        """
        model, n, substeps = task.model, batch.nsim, task.substeps
        self.controls = np.zeros((n, substeps, model.nu))
        self.states = np.zeros((n, substeps, model.nq + model.nv))
        self.records = {_MOTION: self.states}

    @property
    def planned_velocity(self) -> Array | None:
        """Commanded joint velocities [rad/s], (n, j); None if commands are not positions."""
        return None

    def efforts(self) -> dict[str, Array]:
        """What the last actions requested, and what of it the safety filter applied.

        Returns:
            Root mean square over the joints, (n,) each; names begin with `requested` and `applied`.
        """
        return {}

    def measured(self) -> dict[str, Measure]:
        """What the `efforts` are, and the `limits`, in words and units."""
        return {}

    def commanded(self) -> list[Quantity]:
        """What each action component asks for, a in all; empty where nobody has said so."""
        return []

    @abc.abstractmethod
    def reset(self, ids: Ids) -> None:
        """Start anew from the simulations' present state."""

    @abc.abstractmethod
    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        """Write `controls`.

        Args:
            action: within [-1, 1], (n, a).
            finite: which actions were numbers at all, (n,); None if all were.
            interventions: what is altered is written into its `altered`.
        """

    def check_limits(self, interventions: Interventions) -> None:
        """Look at what the physics did in the control step that has just been simulated.

        Args:
            interventions: what the actuators themselves cut off is written into its `altered`, how
                far limits were overstepped into its `overshoot`.
        """
        for overshoot in interventions.overshoot.values():
            overshoot[:] = 0.0


def root_mean_square(values: Array) -> Array:
    """Over the joints, (n, j) -> (n,)."""
    return np.asarray(np.sqrt(np.square(values).mean(1)))
