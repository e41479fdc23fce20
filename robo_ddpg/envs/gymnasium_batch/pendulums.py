"""Poles to be balanced on a cart."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.envs.gymnasium_batch.robot import Actions, Robot
from tasks.arrays import Array, Mask


class InvertedPendulum(Robot):
    """`InvertedPendulum-v5`."""

    reset_noise = 0.01

    def observe(self) -> Array:
        """Positions and velocities."""
        return np.concatenate((self.qpos, self.qvel), axis=1)

    def terminated(self) -> Mask:
        """Beyond an angle of .2 rad."""
        finite = np.isfinite(self.observe()).all(axis=1)
        return np.asarray(~finite | (np.abs(self.qpos[:, 1]) > 0.2))

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """One until the pole has fallen."""
        return np.where(terminated, 0.0, 1.0)


class InvertedDoublePendulum(Robot):
    """`InvertedDoublePendulum-v5`."""

    reset_noise = 0.1
    normal_velocities = True

    def __init__(self, batch: Batch) -> None:
        """Bind where the upper pole's tip is, and the force at the ends of the rail."""
        super().__init__(batch)
        self._tip: Array = batch.site("tip").xpos
        self._constraint: Array = batch.bind("qfrc_constraint")

    def observe(self) -> Array:
        """The cart, sines and cosines of the poles, clipped velocities and rail force."""
        cart, poles = self.qpos[:, :1], self.qpos[:, 1:]
        velocities, rail = np.clip(self.qvel, -10, 10), np.clip(self._constraint[:, :1], -10, 10)
        return np.concatenate((cart, np.sin(poles), np.cos(poles), velocities, rail), axis=1)

    def terminated(self) -> Mask:
        """With the tip at most 1 m high."""
        return self._tip[:, 2] <= 1.0

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """Ten until the poles have fallen, less the tip's way from upright and their motion."""
        x, z = self._tip[:, 0], self._tip[:, 2]
        distance = 0.01 * x**2 + (z - 2) ** 2
        motion = 1e-3 * self.qvel[:, 1] ** 2 + 5e-3 * self.qvel[:, 2] ** 2
        return np.asarray(np.where(terminated, 0.0, 10.0) - distance - motion)
