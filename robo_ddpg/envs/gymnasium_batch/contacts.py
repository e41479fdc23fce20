"""Robots that observe the contact forces on their bodies."""

from typing import ClassVar

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.envs.gymnasium_batch.robot import Robot
from tasks.arrays import Array, Ids


class ContactRobot(Robot):
    """A robot whose contact forces are summed after every step.

    A step computes `cfrc_ext` only for sensors, and for them at the beginning of its last substep.
    Gymnasium's is that of the end, which only each simulation's own data still knows.
    """

    persistent: ClassVar[bool] = True

    def __init__(self, batch: Batch) -> None:
        """Make room for the forces, and for the data of one simulation."""
        super().__init__(batch)
        self.contact_forces: Array = np.zeros((batch.nsim, self.model.nbody, 6))
        """Torque [N m] and force [N] on each body, about the robot's centre, (n, nbody, 6)."""
        self._contacts: NDArray[np.int32] = batch.bind("ncon")
        self._data = mujoco.MjData(self.model)

    def after_reset(self, ids: Ids) -> None:
        """Nothing is felt before the first step."""
        self.contact_forces[ids] = 0.0

    def after_step(self) -> None:
        """Sum the contact forces on each body, where there are contacts: copying data is slow."""
        self.contact_forces[:] = 0.0
        for i in np.flatnonzero(self._contacts).tolist():
            self.batch.get_data(i, self._data)
            mujoco.mj_rnePostConstraint(self.model, self._data)
            self.contact_forces[i] = self._data.cfrc_ext
