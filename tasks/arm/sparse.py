"""Reach and grasp as most work on hindsight sees them: nothing says how near the goal is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arm.grasp import Grasp
from tasks.arm.learning import GRASP_SPARSE, REACH_SPARSE
from tasks.arm.reach import Reach
from tasks.arrays import Array, Mask
from tasks.goals import PointGoalTask


class SparseReward(PointGoalTask):
    """The reward is 0 where the goal is achieved and -1 elsewhere (Plappert et al. 2018).

    It is achieved where the task counts the holding time of a success. No failure ends an episode:
    where every step costs 1, an end would be a way out.
    """

    weights = {"on_goal": 1.0}  # noqa: RUF012 - never changed
    reward_offset = -1.0

    def failure(self) -> Mask:
        """Never."""
        return np.zeros(len(self.distance), bool)

    def compute_terminated(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Mask:
        """Never."""
        return np.zeros(len(achieved), bool)


class ReachSparse(SparseReward, Reach):
    """Bring the fingertips to a random point, told only whether they are there."""

    name = "reach-sparse"
    learning = REACH_SPARSE

    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """`on_goal`."""
        return {"on_goal": self.on_goal(distance).astype(float)}


class GraspSparse(SparseReward, Grasp):
    """Pick up a cube and hold it at a random point, told only whether it is held there."""

    name = "grasp-sparse"
    learning = GRASP_SPARSE

    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """`on_goal`."""
        held, clearance = info[..., 1] > 0.5, info[..., 2]
        return {"on_goal": self.on_goal(distance, held, clearance).astype(float)}
