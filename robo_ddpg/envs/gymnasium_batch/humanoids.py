"""The humanoid that walks, and the one that stands up."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.envs.gymnasium_batch.contacts import ContactRobot
from robo_ddpg.envs.gymnasium_batch.robot import Actions, outside, squared
from tasks.arrays import Array, Mask


class HumanoidStandup(ContactRobot):
    """`HumanoidStandup-v5`."""

    reset_noise = 1e-2

    def __init__(self, batch: Batch) -> None:
        """Bind what is observed."""
        super().__init__(batch)
        self._ctrl: Array = batch.bind("ctrl")
        self._inertia: Array = batch.bind("cinert")
        self._velocity: Array = batch.bind("cvel")
        self._actuator_forces: Array = batch.bind("qfrc_actuator")

    def observe(self) -> Array:
        """Positions but x and y, velocities, and of each body inertia, velocity and forces."""
        of_joints = self.qpos[:, 2:], self.qvel
        bodies = (self._inertia, self._velocity, self.contact_forces)
        inertia, velocity, contacts = (each[:, 1:].reshape(len(each), -1) for each in bodies)
        actuators = self._actuator_forces[:, 6:]
        return np.concatenate((*of_joints, inertia, velocity, actuators, contacts), axis=1)

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """How high the torso is, as if it had risen so far in one substep."""
        rise = self.qpos[:, 2] / self.model.opt.timestep
        return np.asarray(rise - self._control_cost() - self._contact_cost() + 1)

    def _control_cost(self) -> Array:
        return 0.1 * squared(self._ctrl)

    def _contact_cost(self) -> Array:
        forces = self.contact_forces.reshape(len(self.qpos), -1)
        return np.asarray(np.minimum(5e-7 * squared(forces), 10.0))


class Humanoid(HumanoidStandup):
    """`Humanoid-v5`."""

    def __init__(self, batch: Batch) -> None:
        """Bind where the bodies' centres of mass are."""
        super().__init__(batch)
        self._centres: Array = batch.bind("xipos")

    def position(self) -> Array:
        """Where the centre of mass is along x."""
        mass = self.model.body_mass
        return np.asarray(np.einsum("b,nbj->nj", mass, self._centres)[:, 0] / mass.sum())

    def terminated(self) -> Mask:
        """Outside 1 to 2 m."""
        return outside(self.qpos[:, 2], 1.0, 2.0)

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """Velocity and health, less the costs of actions and contacts."""
        costs = self._control_cost() + self._contact_cost()
        return np.asarray(1.25 * velocity + ~terminated * 5.0 - costs)
