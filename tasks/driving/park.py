"""Park: bring the car into a free slot, and stand still there."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.commands import Command
from tasks.driving.boxes import Boxes, distances, touch
from tasks.driving.learning import PARKING
from tasks.driving.lot import PARKED, Lot, check_fits
from tasks.driving.pose import PoseView, turn_between
from tasks.driving.scene import add_cars, add_slot_marker, driving_scene
from tasks.driving.task import DrivingSettings, DrivingTask
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness, tolerance
from tasks.steering import ALONG_KEYS, LEFT_KEYS, Axis, Steering
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
LEVER_M = 1.3
"""How much a turn counts as distance [m/rad]: about the car's radius of gyration."""
STILL_M_S = 0.05
"""Slower than this is standing still [m/s]."""
START_RAD = 0.3
"""Episodes begin along the aisle, so far askew at most [rad]."""
START_M = 2.3
"""They begin at least this far from slots and hedge [m]."""


@dataclass(frozen=True)
class ParkSettings(DrivingSettings):
    """Settings of `drive-park`."""

    episode_s: float = 30.0
    """Episode length [s]."""
    slot_width_m: float = 2.5
    """Width of a slot [m]."""
    slot_length_m: float = 5.0
    """Length of a slot [m]."""
    aisle_m: float = 7.0
    """Width of the aisle in front of the slots [m]."""
    occupied: float = 0.8
    """Share of the slots with a car; one is always free."""
    tolerance_m: float = 0.2
    """Success: the car stands still this close to the middle of the slot [m] ..."""
    tolerance_rad: float = 0.0873
    """... and turned by at most this [rad]."""

    def __post_init__(self) -> None:
        """Check what `DrivingSettings` checks, and that the car fits."""
        super().__post_init__()
        check_fits(Lot(self.slot_width_m, self.slot_length_m, self.aisle_m))
        if not 0 <= self.occupied <= 1:
            raise ValueError(f"occupied must be within [0, 1], got {self.occupied}")
        if self.tolerance_m <= 0 or self.tolerance_rad <= 0:
            raise ValueError(f"tolerance_m and tolerance_rad must be positive, got {self}")


class Park(DrivingTask, GoalTask):
    """Park the car in a free slot between others, either end first, and stand still there.

    A car could know all that is observed: where it is in the car park, its motion, the slot, and
    what 12 distance sensors around it measure. Touching anything ends the episode.

    Reward terms, each in [0, 1]; poses are compared by distance and turn together:

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
        "near": 0.3,
        "parked": 0.4,
        "still": 0.2,
        "calm": 0.1,
    }
    acceleration_m_s2 = 1.5
    speed_m_s = (-2.0, 2.0)

    settings: ParkSettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(ParkSettings(**settings))
        given = self.settings
        self.lot = Lot(given.slot_width_m, given.slot_length_m, given.aisle_m)
        """Where the car is."""
        self.view = PoseView((0.0, 0.0), scale_m=self.lot.half_m, fine_m=0.5, fine_rad=0.2)

    def build(self) -> mujoco.MjSpec:
        """The car park."""
        spec = driving_scene(self.settings.timestep_s, self.settings.friction)
        self.lot.add(spec)
        add_slot_marker(spec, "goal")
        add_cars(spec, PARKED)
        eye = spec.worldbody.add_camera(name="front", pos=[0.0, 15.0, 11.0], fovy=64)
        eye.quat = [0.0, 0.0, 0.42, 0.91]
        return spec

    def bind(self, batch: Batch) -> None:
        """Keep views of the car, the goal and the parked cars."""
        super().bind(batch)
        position, quaternion = batch.bind("mocap_pos"), batch.bind("mocap_quat")
        mocap = [batch.model.body(name).mocapid[0] for name in ("goal", *PARKED)]
        self._goal_m, self._goal_turn = position[:, mocap[0]], quaternion[:, mocap[0]]
        parked = slice(mocap[1], mocap[-1] + 1)
        self._parked_m, self._parked_turn = position[:, parked], quaternion[:, parked]
        cars, hedges = len(PARKED), self.lot.hedges()
        self._middle = np.zeros((batch.nsim, cars + len(hedges.middle), 2))
        self._middle[:, cars:] = hedges.middle
        self._half = np.zeros_like(self._middle)
        self._half[:, :cars], self._half[:, cars:] = self.car.half_size_m, hedges.half
        self._heading = np.zeros(self._middle.shape[:2])
        self.touches = np.zeros(batch.nsim, bool)
        """Whether the car touches anything, (n,)."""

    @property
    def goal(self) -> Array:
        """Where the middle of the car should be [m], and its heading [rad], (n, 3)."""
        heading = 2.0 * np.arctan2(self._goal_turn[:, 3], self._goal_turn[:, 0])
        return np.column_stack([self._goal_m[:, :2], heading])

    @property
    def pose(self) -> Array:
        """Where the middle of the car is [m], and its heading [rad], (n, 3)."""
        return np.column_stack([self.middle, self.heading])

    @property
    def obstacles(self) -> Boxes:
        """Parked cars and hedges, (n, m)."""
        return Boxes(self._middle, self._heading, self._half)

    @property
    def outline(self) -> Boxes:
        """The car's, (n,)."""
        return Boxes(self.middle, self.heading, self.car.half_size_m)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Park the others, choose a free slot, and start along the aisle."""
        cars = len(PARKED)
        for i, rng in zip(ids, rngs, strict=True):
            middle, heading = self.lot.draw(rng, self.settings.occupied)
            self._middle[i, :cars], self._heading[i, :cars] = middle, heading
            self._parked_m[i, :, :2] = middle
            self._parked_turn[i, :, 0] = np.cos(heading / 2)
            self._parked_turn[i, :, 3] = np.sin(heading / 2)
            free = np.flatnonzero(middle[:, 0] > self.lot.half_m)
            self.ask(i, np.array([*self.lot.slots[rng.choice(free)], np.pi / 2]))
            self.place(i, *self._start(rng))

    def _start(self, rng: np.random.Generator) -> tuple[Array, float]:
        """Middle of the car [m], (2,), and its heading [rad]."""
        far = self.lot.half_m - self.car.length_m
        place = rng.uniform((-far, START_M), (far, self.lot.aisle_m - START_M))
        return place, rng.choice([0.0, np.pi]) + rng.uniform(-START_RAD, START_RAD)

    def started(self, ids: NDArray[np.intp]) -> None:
        """The car stands elsewhere now."""
        super().started(ids)
        self.touches[ids] = False

    def advance(self) -> None:
        """Look whether it touches anything."""
        super().advance()
        outline = self.outline
        own = Boxes(outline.middle[:, None], outline.heading[:, None], outline.half)
        self.touches = np.asarray(touch(own, self.obstacles).any(1))

    def ask(self, index: int, goal: Array) -> None:
        """Have the car park elsewhere: middle [m] and heading [rad], (3,)."""
        self._goal_m[index, :2] = goal[:2]
        turn = goal[2] / 2
        self._goal_turn[index] = np.cos(turn), 0.0, 0.0, np.sin(turn)

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
        return self._terms(self.pose, self.goal, self.reward_info())

    def compute_reward(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Array:
        """What the terms make."""
        return self.reward(self._terms(achieved, desired, info))

    def compute_terminated(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Mask:
        """Wherever the goal is, touching ends it."""
        return np.asarray(info[..., 2] > 0.5)

    def _terms(self, achieved: Array, desired: Array, info: NDArray[Any]) -> dict[str, Array]:
        """See the class."""
        distance, turn = errors(achieved, desired)
        error = np.hypot(distance, LEVER_M * turn)
        parked = closeness(error, 0.4)
        return {
            "near": closeness(error, 4.0),
            "parked": parked,
            "still": parked * tolerance(info[..., 0], margin=0.3),
            "calm": info[..., 1],
        }

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

    def steering(self) -> Steering:
        """Which place to park in."""
        half, back = self.lot.half_m, self.lot.back_m
        return Steering(
            (
                Axis("slot along the row", "m", -half, half, 0.5, LEFT_KEYS[::-1]),
                Axis("slot into the aisle", "m", back, self.lot.aisle_m, 0.5, ALONG_KEYS),
                Axis("heading in the slot", "rad", -np.pi / 2, np.pi / 2, np.pi / 8, ("d", "a")),
            ),
            asked=lambda: self.goal,
            measured=lambda: self.pose,
            ask=self.ask,
        )


def errors(achieved: Array, desired: Array) -> tuple[Array, Array]:
    """Distance [m] and turn [rad], not negative, between poses, (b, 3) each -> (b,) each."""
    away = desired[..., :2] - achieved[..., :2]
    return np.linalg.norm(away, axis=-1), np.abs(turn_between(achieved, desired))
