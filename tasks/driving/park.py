"""Park: bring the car into a free slot, and stand still there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array, Mask
from tasks.commands import Command
from tasks.driving.boxes import distances
from tasks.driving.car_park.pose import PoseView
from tasks.driving.car_park.rewards import errors, parking_terms
from tasks.driving.car_park.settings import ParkSettings
from tasks.driving.car_park.task import CarParkTask
from tasks.driving.learning import PARKING
from tasks.mirror import Image, Reflection, signs
from tasks.quantities import Measure, Quantity
from tasks.task import GoalTask

SENSORS = np.array(
    [
        *([end, side] for end in (1.0, -1.0) for side in (0.9, 0.3, -0.3, -0.9)),
        *([end, side] for end in (0.6, -0.6) for side in (1.0, -1.0)),
    ]
)
"""Where distances are measured, as shares of half the length and width: four in front and behind,
as many as parking aids have, and two on each side."""
SEEN_M = 3.0
"""Distance that sensors measure at most [m]."""
STILL_M_S = 0.05
"""Slower than this is standing still [m/s]."""


class Park(CarParkTask, GoalTask):
    """Park the car in a free slot between others, either end first, and stand still there.

    A car could know all that is observed: where it is in the car park and in front of the slot, its
    motion, and what 12 distance sensors around it measure. Touching anything ends the episode.

    Reward terms, each in [0, 1]; poses are compared by distance and turn together:

    - `lined` pays for being in line with the slot, from where one only has to drive straight on.
    - `near` and `parked` draw the car to the slot, from afar and from near.
    - `still` pays for standing still there.
    - `calm` pays for a steering angle and a speed that change little, and are off their limits.
    """

    name = "drive-park"
    solved = "parked"
    failed = "touched something"
    demonstrator = "tasks.driving.park_demonstrator:ParkDemonstrator"
    learning = PARKING
    weights = {  # noqa: RUF012 - never changed
        "lined": 0.2,
        "near": 0.2,
        "parked": 0.35,
        "still": 0.15,
        "calm": 0.1,
    }
    acceleration_m_s2 = 1.5
    speed_m_s = (-2.0, 2.0)

    def __init__(self, **settings: Any) -> None:
        super().__init__(ParkSettings(**settings))
        half = self.lot.half_m
        self.view = PoseView((0.0, 0.0), half, 0.5, 0.2, self.car.half_size_m)

    def observe(self) -> dict[str, Array]:
        """Pose, the goal as seen from there, motion, and distances."""
        points = self.outline.points(SENSORS)
        nearest = distances(points, self.obstacles).min(2)
        return {
            "pose": self.view.pose(self.pose),
            **self.view.goal(self.goal, self.pose),
            **self.motion_observed(),
            "distances": np.minimum(nearest / SEEN_M, 1.0),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        return {
            "pose": self.view.pose_shown("middle of the car"),
            **self.view.goal_shown(),
            **self.motion_shown(),
            "distances": Quantity(f"distances to the nearest thing, up to {SEEN_M} m", "m", SEEN_M),
        }

    def images(self) -> Sequence[Image]:
        """The car park from its other end."""
        where = [[*place] for place in SENSORS]
        across = tuple(where.index([ahead, -left]) for ahead, left in where)
        parts = {
            "pose": signs(-1.0, 1.0, -1.0, 1.0),
            "to_goal": signs(1.0, -1.0, 1.0, -1.0),
            "to_goal_fine": signs(1.0, -1.0, -1.0),
            "from_goal": signs(1.0, -1.0),
            "from_goal_fine": signs(1.0, -1.0),
            "corners": Reflection((2, 3, 0, 1, 6, 7, 4, 5), (1.0, -1.0) * 4),
            "motion": signs(1.0, -1.0, -1.0),
            "distances": Reflection(across, (1.0,) * len(across)),
        }
        return (Image(parts, signs(-1.0, 1.0)),)

    def reward_info(self) -> Array:
        """Speed [m/s], how calmly it drives, and whether it touches anything, (n, 3)."""
        return np.column_stack([self.speed, self.calm, self.touches])

    def achieved_goal(self, observation: NDArray[Any]) -> Array:
        """Where the car is, (b, 3)."""
        return self.view.read(observation[..., self.layout["pose"]])

    def desired_goal(self, observation: NDArray[Any]) -> Array:
        """Where it should be, (b, 3)."""
        seen = observation[..., self.layout["to_goal"]]
        return self.view.read_goal(seen, self.achieved_goal(observation))

    def replace_goal(self, observation: NDArray[Any], goal: Array) -> NDArray[Any]:
        """The same observation with the goal somewhere else."""
        changed = observation.copy()
        for name, values in self.view.goal(goal, self.achieved_goal(observation)).items():
            changed[..., self.layout[name]] = values
        return changed

    def reward_terms(self) -> dict[str, Array]:
        """The terms of the present state."""
        return parking_terms(self.pose, self.goal, self.reward_info())

    def compute_reward(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Array:
        """What the terms make."""
        return self.reward(parking_terms(achieved, desired, info))

    def compute_terminated(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Mask:
        """Wherever the goal is, touching ends it."""
        return np.asarray(info[..., 2] > 0.5)

    def success(self) -> Mask:
        """Within the tolerance, and still."""
        distance, turn = errors(self.pose, self.goal)
        near = (distance < self.settings.tolerance_m) & (turn < self.settings.tolerance_rad)
        return np.asarray(near & (np.abs(self.speed) < STILL_M_S) & ~self.touches)

    def failure(self) -> Mask:
        """It touches something."""
        return self.touches.copy()

    def metrics(self) -> dict[str, Array]:
        """How far from the slot's middle and how askew the car is."""
        distance, turn = errors(self.pose, self.goal)
        return {"distance_m": distance, "turn_deg": np.degrees(turn)}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {
            "distance_m": Measure("distance to the middle of the slot", "m"),
            "turn_deg": Measure("turned off the slot", "degrees"),
        }

    def commands(self) -> dict[str, Array]:
        """The slot."""
        return {"slot": self.goal}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are; the scene marks the slot with the body `goal`."""
        return {"slot": Command("slot", "m, m, rad", parts=("x", "y", "heading"))}
