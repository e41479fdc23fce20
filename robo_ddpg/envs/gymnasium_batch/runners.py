"""Robots in a plane that are rewarded for moving along x."""

from typing import ClassVar

import numpy as np

from robo_ddpg.envs.gymnasium_batch.robot import Actions, Robot, outside, squared
from tasks.arrays import Array, Mask


class Runner(Robot):
    """Forward velocity, not falling, and the cost of the action."""

    control_cost: ClassVar[float]
    """Cost of each squared component of the action."""
    healthy_reward: ClassVar[float] = 0.0
    """Reward for each step that ends healthy."""
    hidden_positions: ClassVar[int] = 1
    """How many of the first positions are not observed."""
    velocity_bound: ClassVar[float] = np.inf
    """Observed velocities are clipped to this."""

    def observe(self) -> Array:
        """Positions but the hidden ones, then velocities."""
        velocities = np.clip(self.qvel, -self.velocity_bound, self.velocity_bound)
        return np.concatenate((self.qpos[:, self.hidden_positions :], velocities), axis=1)

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """Velocity and health, less the cost."""
        cost = self.control_cost * squared(actions)
        return np.asarray(velocity + ~terminated * self.healthy_reward - cost)


class HalfCheetah(Runner):
    """`HalfCheetah-v5`."""

    control_cost = 0.1
    reset_noise = 0.1
    normal_velocities = True


class Swimmer(Runner):
    """`Swimmer-v5`."""

    control_cost = 1e-4
    reset_noise = 0.1
    hidden_positions = 2


class Hopper(Runner):
    """`Hopper-v5`."""

    control_cost = 1e-3
    reset_noise = 5e-3
    healthy_reward = 1.0
    velocity_bound = 10.0

    def terminated(self) -> Mask:
        """Below .7 m, beyond a pitch of .2 rad, or with 100 exceeded elsewhere."""
        state = np.concatenate((self.qpos[:, 2:], self.qvel), axis=1)
        wild = outside(state, -100.0, 100.0).any(axis=1)
        low, tilted = outside(self.qpos[:, 1], 0.7, np.inf), outside(self.qpos[:, 2], -0.2, 0.2)
        return np.asarray(wild | low | tilted)


class Walker2d(Runner):
    """`Walker2d-v5`."""

    control_cost = 1e-3
    reset_noise = 5e-3
    healthy_reward = 1.0
    velocity_bound = 10.0

    def terminated(self) -> Mask:
        """Outside .8 to 2 m, or beyond a pitch of 1 rad."""
        return outside(self.qpos[:, 1], 0.8, 2.0) | outside(self.qpos[:, 2], -1.0, 1.0)
