"""Poses in the plane, of which front and back are the same: observed, read back, compared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.boxes import Boxes
from tasks.quantities import Quantity

FAR = 2.0
"""Bound of fine views: what is farther away is seen in the coarse view."""
NEAR_M, CORNERS_M = 2.0, 3.0
"""Lengths that are observed as 1 from the goal: finely, and of corners [m]."""


def turn_between(achieved: Array, desired: Array) -> Array:
    """The turn to the left from one pose to another, of whichever end is nearer [rad].

    Args:
        achieved: (..., 3).
        desired: (..., 3).

    Returns:
        From -pi / 2 to pi / 2, (...).
    """
    turn = desired[..., 2] - achieved[..., 2]
    return np.asarray((turn + np.pi / 2) % np.pi - np.pi / 2)


@dataclass(frozen=True)
class PoseView:
    """How poses (x [m], y [m], heading [rad]) are observed."""

    centre_m: tuple[float, float]
    """Where places are observed from [m]."""
    scale_m: float
    """Length that is observed as 1 [m]."""
    fine_m: float
    """Length that is observed as 1 in fine views [m]."""
    fine_rad: float
    """Turn that is observed as 1 in fine views [rad]."""
    half_size_m: Array
    """Half of the length and width of what stands in the pose [m], (2,)."""

    def pose(self, pose: Array) -> Array:
        """Place, cosine and sine, (..., 3) -> (..., 4)."""
        place = (pose[..., :2] - np.array(self.centre_m)) / self.scale_m
        return np.concatenate([place, direction(pose[..., 2])], axis=-1)

    def read(self, observed: NDArray[Any]) -> Array:
        """The pose that is observed so, (..., 4) -> (..., 3)."""
        place = observed[..., :2] * self.scale_m + np.array(self.centre_m)
        heading = np.arctan2(observed[..., 3], observed[..., 2])
        return np.concatenate([place, heading[..., None]], axis=-1)

    def read_goal(self, to_goal: NDArray[Any], achieved: Array) -> Array:
        """The goal that is seen so from the achieved pose, (..., 4) and (..., 3) -> (..., 3)."""
        cos, sin = np.moveaxis(direction(achieved[..., 2]), -1, 0)
        ahead, left = np.moveaxis(to_goal[..., :2] * self.scale_m, -1, 0)
        x = achieved[..., 0] + cos * ahead - sin * left
        y = achieved[..., 1] + sin * ahead + cos * left
        turn = np.arctan2(to_goal[..., 3], to_goal[..., 2]) / 2
        return np.stack([x, y, achieved[..., 2] + turn], axis=-1)

    def goal(self, goal: Array, achieved: Array) -> dict[str, Array]:
        """The parts that depend on the goal, as seen from the achieved pose, (..., 3) each."""
        seen = _seen_along(achieved[..., 2], goal[..., :2] - achieved[..., :2])
        turn = turn_between(achieved, goal)
        both = direction(2 * turn)
        fine = np.concatenate([seen / self.fine_m, both[..., 1:] / (2 * self.fine_rad)], axis=-1)
        return {
            "to_goal": np.concatenate([seen / self.scale_m, both], axis=-1),
            "to_goal_fine": np.clip(fine, -FAR, FAR),
            **self._from_goal(goal, achieved),
        }

    def _from_goal(self, goal: Array, achieved: Array) -> dict[str, Array]:
        """What `goal` gives of how things look from the goal, as out of a slot.

        What matters in a slot are distances along and across it, which a network would have to
        multiply from what is seen from the car.
        """
        out = goal[..., 2] % np.pi
        place = _seen_along(out, achieved[..., :2] - goal[..., :2])
        corners = Boxes(place, achieved[..., 2] - out, self.half_size_m).corners()
        corners = corners.reshape(*corners.shape[:-2], -1)
        return {
            "from_goal": place / self.scale_m,
            "from_goal_fine": np.clip(place / NEAR_M, -FAR, FAR),
            "corners": np.clip(corners / CORNERS_M, -FAR, FAR),
        }

    def pose_shown(self, of: str) -> Quantity:
        """What `pose` shows."""
        place = f"place of the {of} (x, y) [m], cosine and sine of its heading"
        scales = [self.scale_m, self.scale_m, 1.0, 1.0]
        return Quantity(place, "m, m, 1, 1", scales, [*self.centre_m, 0.0, 0.0])

    def goal_shown(self) -> dict[str, Quantity]:
        """What `goal` shows."""
        scales = [self.scale_m, self.scale_m, 1.0, 1.0]
        fine = [self.fine_m, self.fine_m, self.fine_rad]
        return {
            "to_goal": Quantity(
                "the goal ahead and to the left [m], cosine and sine of twice the turn to it",
                "m, m, 1, 1",
                scales,
            ),
            "to_goal_fine": Quantity(
                "the goal ahead and to the left [m], half the sine of twice the turn to it [rad], "
                f"clipped to {FAR:g} of these",
                "m, m, rad",
                fine,
            ),
            "from_goal": Quantity("how far before the goal, and to its left", "m", self.scale_m),
            "from_goal_fine": Quantity(
                f"the same, clipped to {FAR * NEAR_M:g} m either way", "m", NEAR_M
            ),
            "corners": Quantity(
                "the same of the corners: front left, front right, back right, back left, clipped "
                f"to {FAR * CORNERS_M:g} m either way",
                "m",
                CORNERS_M,
            ),
        }


def direction(angle: "Array | float") -> Array:
    """Unit vector that points there, from x to the left [rad], (...) -> (..., 2)."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _seen_along(heading: Array, away: Array) -> Array:
    """How far ahead and to the left something is that is so far away, (...) and (..., 2)."""
    cos, sin = np.moveaxis(direction(heading), -1, 0)
    x, y = np.moveaxis(away, -1, 0)
    return np.stack([cos * x + sin * y, cos * y - sin * x], axis=-1)
