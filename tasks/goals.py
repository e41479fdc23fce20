"""Tasks whose goal is a point: how it is observed, replaced by another, and rewarded."""

import abc
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array, clip, norm
from tasks.commands import Command, Point
from tasks.quantities import Quantity
from tasks.task import GoalTask

FAR = 2.0
"""Bound of fine views: what is farther away is seen in the coarse view."""


@dataclass(frozen=True)
class PointView:
    """How points are observed, and where: the achieved one, the goal, and what is between them."""

    centre_m: tuple[float, float, float]
    """Where positions are observed from [m]."""
    scale_m: float
    """Length that is observed as 1 [m]."""
    fine_m: float
    """Length that is observed as 1 in fine views [m]."""

    def position(self, point: Array) -> Array:
        """A point as it is observed, (..., 3) [m] -> (..., 3)."""
        return np.asarray((point - self.centre_m) / self.scale_m)

    def point(self, observed: NDArray[Any]) -> Array:
        """The point that is observed so, (..., 3) -> (..., 3) [m]."""
        return np.asarray(observed * self.scale_m + self.centre_m)

    def coarse(self, difference: Array) -> Array:
        """A difference of points as it is observed from afar, (..., 3) [m] -> (..., 3)."""
        return np.asarray(difference / self.scale_m)

    def fine(self, difference: Array) -> Array:
        """A difference of points as it is observed from near, (..., 3) [m] -> (..., 3)."""
        return clip(difference / self.fine_m, -FAR, FAR)

    def goal(self, goal: Array, achieved: Array) -> dict[str, Array]:
        """The parts that depend on the goal.

        Args:
            goal: (..., 3) [m].
            achieved: (..., 3) [m].
        """
        difference = goal - achieved
        return {
            "goal": self.position(goal),
            "to_goal": self.coarse(difference),
            "to_goal_fine": self.fine(difference),
        }

    def position_shown(self, of: str) -> Quantity:
        """What `position` shows."""
        return Quantity(f"position of the {of}", "m", self.scale_m, self.centre_m)

    def difference_shown(self, what: str) -> Quantity:
        """What `coarse` shows."""
        return Quantity(what, "m", self.scale_m)

    def fine_shown(self, what: str) -> Quantity:
        """What `fine` shows."""
        limit = FAR * self.fine_m
        return Quantity(f"{what}, clipped to {limit:g} m either way", "m", self.fine_m)

    def goal_shown(self, achieved: str) -> dict[str, Quantity]:
        """What `goal` shows."""
        difference = f"from the {achieved} to the goal"
        return {
            "goal": self.position_shown("goal"),
            "to_goal": self.difference_shown(difference),
            "to_goal_fine": self.fine_shown(difference),
        }


class PointGoalTask(GoalTask):
    """A task whose goal is a point, and whose reward depends on the distance to it."""

    view: PointView
    """How points are observed."""
    achieved: str
    """The part of the observation that shows the achieved point; the goal is shown by the parts
    `goal`, `to_goal` and `to_goal_fine`."""
    distance: Array
    """Distance between the achieved point and the goal [m], (n,)."""

    solved = "at the goal"

    @abc.abstractmethod
    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """The reward's terms, from distances [m], (b,), and rows of `reward_info`, (b, k)."""

    def reward_terms(self) -> dict[str, Array]:
        """The terms of the present state."""
        return self.terms(self.distance, self.reward_info())

    def compute_reward(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Array:
        """What the terms make."""
        return self.reward(self.terms(norm(desired - achieved), info))

    def achieved_goal(self, observation: NDArray[Any]) -> Array:
        """The achieved point [m]."""
        return self.view.point(observation[..., self.layout[self.achieved]])

    def desired_goal(self, observation: NDArray[Any]) -> Array:
        """The goal [m]."""
        return self.view.point(observation[..., self.layout["goal"]])

    def replace_goal(self, observation: NDArray[Any], goal: Array) -> NDArray[Any]:
        """The same observation with the goal somewhere else."""
        changed = observation.copy()
        for name, values in self.view.goal(goal, self.achieved_goal(observation)).items():
            changed[..., self.layout[name]] = values
        return changed


def goal_commanded(radius_m: float) -> dict[str, Command]:
    """What a goal is as a command; the scene marks it with the body `goal`.

    Args:
        radius_m: how near is near enough [m].
    """
    return {"goal": Point("goal", "m", parts=("x", "y", "z"), radius_m=radius_m, marker="goal")}
