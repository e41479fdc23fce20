"""What Gymnasium does around the physics of a robot: starts, observations, rewards, endings."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Ids, Mask

Actions = NDArray[np.floating[Any]]


class Robot(ABC):
    """One of Gymnasium's robots with its default arguments, in n simulations at once.

    Rewards are summed in Gymnasium's order, on which the last bit depends.
    """

    persistent: ClassVar[bool] = False
    """Whether the batch has to keep the data of each simulation between calls."""
    reset_noise: ClassVar[float]
    """Spread of the first positions and velocities."""
    normal_velocities: ClassVar[bool] = False
    """Whether the first velocities are drawn from a normal distribution, not a uniform one."""

    def __init__(self, batch: Batch) -> None:
        """Bind what is read after every step.

        Args:
            batch: n simulations of the robot's model.
        """
        self.batch, self.model = batch, batch.model
        self.qpos: Array = batch.bind("qpos")
        self.qvel: Array = batch.bind("qvel")

    def start(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """First positions and velocities of an episode, (nq,) and (nv,)."""
        noise, nv = self.reset_noise, self.model.nv
        qpos = self.model.qpos0 + rng.uniform(-noise, noise, self.model.nq)
        if self.normal_velocities:
            return qpos, noise * rng.standard_normal(nv)
        return qpos, rng.uniform(-noise, noise, nv)

    def after_reset(self, ids: Ids) -> None:  # noqa: B027 - most have nothing to forget
        """Forget what was kept besides the physics for the simulations that start anew."""

    def after_step(self) -> None:  # noqa: B027 - most need nothing else
        """Compute what a step of the physics leaves out."""

    def position(self) -> Array:
        """A copy of the coordinate whose velocity may be rewarded [m], (n,)."""
        return self.qpos[:, 0].copy()

    @abstractmethod
    def observe(self) -> Array:
        """What is observed, (n, obs_dim)."""

    def terminated(self) -> Mask:
        """Which episodes ended by the last step, (n,); none by default."""
        return np.zeros(len(self.qpos), bool)

    @abstractmethod
    def reward(self, actions: Actions, velocity: Array, terminated: Mask) -> Array:
        """Rewards of the last step, (n,).

        Args:
            actions: what the robots did, (n, act_dim).
            velocity: mean velocity of `position` during the step [m/s], (n,).
            terminated: which episodes it ended, (n,).
        """


def squared(rows: NDArray[Any]) -> NDArray[Any]:
    """Sum of squares of each row, (n,), in the rows' own precision."""
    return np.asarray(np.square(rows).sum(axis=1))


def norms(rows: Array) -> Array:
    """Euclidean norm of each row, (n,), summed as `numpy.linalg.norm` sums a single vector."""
    return np.asarray(np.sqrt(np.vecdot(rows, rows)))


def outside(values: Array, low: float, high: float) -> Mask:
    """Which values do not lie strictly between two bounds, NaN among them, (n,)."""
    return ~((values > low) & (values < high))
