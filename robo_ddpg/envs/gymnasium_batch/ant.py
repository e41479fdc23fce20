"""The robot on four legs."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.envs.gymnasium_batch.contacts import ContactRobot
from robo_ddpg.envs.gymnasium_batch.robot import Actions, squared
from tasks.arrays import Array, Mask


class Ant(ContactRobot):
    """`Ant-v5`."""

    reset_noise = 0.1
    normal_velocities = True

    def __init__(self, batch: Batch) -> None:
        """Bind where the torso is."""
        super().__init__(batch)
        self._torso: Array = batch.body("torso").xpos

    def position(self) -> Array:
        """Where the torso is along x."""
        return self._torso[:, 0].copy()

    def observe(self) -> Array:
        """Positions but x and y, velocities, and the clipped contact forces on each body."""
        contacts = self._clipped_forces()[:, 1:].reshape(len(self.qpos), -1)
        return np.concatenate((self.qpos[:, 2:], self.qvel, contacts), axis=1)

    def terminated(self) -> Mask:
        """Outside .2 to 1 m."""
        finite = np.isfinite(self.qpos).all(axis=1) & np.isfinite(self.qvel).all(axis=1)
        height = self.qpos[:, 2]
        return np.asarray(~finite | (height < 0.2) | (height > 1.0))

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """Velocity and health, less the costs of actions and contacts."""
        contacts = self._clipped_forces().reshape(len(velocity), -1)
        costs = 0.5 * squared(actions) + 5e-4 * squared(contacts)
        return np.asarray(velocity + ~terminated * 1.0 - costs)

    def _clipped_forces(self) -> Array:
        return np.asarray(np.clip(self.contact_forces, -1.0, 1.0))
