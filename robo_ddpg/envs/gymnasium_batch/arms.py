"""Arms that reach for a target, or push something there."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.envs.gymnasium_batch.robot import Actions, Robot, norms, squared
from tasks.arrays import Array, Mask


class Reacher(Robot):
    """`Reacher-v5`."""

    reset_noise = 0.1

    def __init__(self, batch: Batch) -> None:
        """Bind where the fingertip and its target are."""
        super().__init__(batch)
        self._tip: Array = batch.body("fingertip").xpos
        self._target: Array = batch.body("target").xpos

    def start(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """The target is drawn from a disc of .2 m."""
        qpos = self.model.qpos0 + rng.uniform(-self.reset_noise, self.reset_noise, self.model.nq)
        while np.linalg.norm(target := rng.uniform(-0.2, 0.2, 2)) >= 0.2:
            pass
        qpos[-2:] = target
        return qpos, _slow(rng, self.model.nv, still=2)

    def observe(self) -> Array:
        """Cosines and sines of the joints, the target, joint velocities, and the way to go."""
        joints, target = self.qpos[:, :2], self.qpos[:, 2:]
        gap = (self._tip - self._target)[:, :2]
        return np.concatenate(
            (np.cos(joints), np.sin(joints), target, self.qvel[:, :2], gap), axis=1
        )

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """The distance to go and the cost of the action, both negative."""
        return np.asarray(-norms(self._tip - self._target) - squared(actions))


class Pusher(Robot):
    """`Pusher-v5`."""

    def __init__(self, batch: Batch) -> None:
        """Bind where the hand, the cylinder and its goal are."""
        super().__init__(batch)
        self._hand: Array = batch.body("tips_arm").xpos
        self._cylinder: Array = batch.body("object").xpos
        self._goal: Array = batch.body("goal").xpos

    def start(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """The cylinder is drawn from a rectangle, at least .17 m from its goal."""
        qpos = self.model.qpos0.copy()
        while np.linalg.norm(cylinder := rng.uniform((-0.3, -0.2), (0.0, 0.2))) <= 0.17:
            pass
        qpos[-4:-2], qpos[-2:] = cylinder, 0.0
        return qpos, _slow(rng, self.model.nv, still=4)

    def observe(self) -> Array:
        """Joint positions and velocities, then where hand, cylinder and goal are."""
        joints = self.qpos[:, :7], self.qvel[:, :7]
        return np.concatenate((*joints, self._hand, self._cylinder, self._goal), axis=1)

    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """The distances to the goal and to the hand, and the cost of the action, all negative."""
        to_goal, to_hand = self._cylinder - self._goal, self._cylinder - self._hand
        return np.asarray(-norms(to_goal) - squared(actions) * 0.1 - norms(to_hand) * 0.5)


def _slow(rng: np.random.Generator, nv: int, still: int) -> Array:
    """Small first velocities, (nv,), of which the last are zero."""
    velocities = rng.uniform(-0.005, 0.005, nv)
    velocities[-still:] = 0.0
    return velocities
