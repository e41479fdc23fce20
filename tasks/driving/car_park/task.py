"""A car in a car park: the scene, how episodes start, where the car is, what it touches."""

from collections.abc import Callable

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators
from tasks.driving.boxes import Boxes, touch
from tasks.driving.car_park.lot import PARKED, Lot
from tasks.driving.car_park.settings import ParkSettings
from tasks.driving.car_park.way_out import way_out
from tasks.driving.scene import add_cars, add_slot_marker, driving_scene
from tasks.driving.task import DrivingTask
from tasks.steering import ALONG_KEYS, LEFT_KEYS, Axis, Steering

START_RAD = 0.3
"""Episodes begin along the aisle, so far askew at most [rad]."""
START_M = 2.3
"""They begin at least this far from slots and hedge [m]."""
ASTRAY_M = 1.2
"""Who begins astray is at least this far from slots and hedge with the middle of the car [m]."""
TRIES = 10
"""So many poses are tried for one where nothing is touched."""

Pose = tuple[Array, float]
"""Middle of the car [m], (2,), and its heading [rad]."""


class CarParkTask(DrivingTask):
    """A task for a car among parked ones, with a goal in a free slot."""

    settings: ParkSettings

    def __init__(self, settings: ParkSettings) -> None:
        super().__init__(settings)
        self.lot = Lot(settings.slot_width_m, settings.slot_length_m, settings.aisle_m)
        """Where the car is."""

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
        """Park the others, choose a free slot, and start along the aisle or elsewhere."""
        for i, rng in zip(ids, rngs, strict=True):
            middle, heading = self.lot.draw(rng, self.settings.occupied)
            self._park(i, middle, heading)
            free = np.flatnonzero(middle[:, 0] > self.lot.half_m)
            self.ask(i, np.array([*self.lot.slots[rng.choice(free)], np.pi / 2]))
            self.place(i, *(self._elsewhere(i, rng) or self._start(rng)))

    def _park(self, index: int, middle: Array, heading: Array) -> None:
        """Put the others where they stand, (SLOTS, 2) and (SLOTS,)."""
        cars = len(PARKED)
        self._middle[index, :cars], self._heading[index, :cars] = middle, heading
        self._parked_m[index, :, :2] = middle
        self._parked_turn[index, :, 0] = np.cos(heading / 2)
        self._parked_turn[index, :, 3] = np.sin(heading / 2)

    def _start(self, rng: np.random.Generator) -> Pose:
        """Middle of the car [m], (2,), and its heading [rad]."""
        far = self.lot.half_m - self.car.length_m
        place = rng.uniform((-far, START_M), (far, self.lot.aisle_m - START_M))
        return place, rng.choice([0.0, np.pi]) + rng.uniform(-START_RAD, START_RAD)

    def _elsewhere(self, index: int, rng: np.random.Generator) -> Pose | None:
        """The same as it is practised with: out of the slot, or astray; None for the aisle."""
        settings = self.settings
        if settings.eased and rng.random() < settings.eased:
            return self._free(index, lambda: way_out(self.car, self.goal[index], rng))
        if settings.astray and rng.random() < settings.astray:
            return self._free(index, lambda: self._astray(rng))
        return None

    def _astray(self, rng: np.random.Generator) -> Pose:
        """The same anywhere in the aisle, turned any way."""
        far = self.lot.half_m - self.car.length_m
        place = rng.uniform((-far, ASTRAY_M), (far, self.lot.aisle_m - ASTRAY_M))
        return place, rng.uniform(-np.pi, np.pi)

    def _free(self, index: int, draw: Callable[[], Pose]) -> Pose | None:
        """The first of some poses where nothing is touched; None if something is in all of them."""
        others = Boxes(self._middle[index], self._heading[index], self._half[index])
        for _ in range(TRIES):
            middle, heading = draw()
            if not touch(Boxes(middle, np.asarray(heading), self.car.half_size_m), others).any():
                return middle, heading
        return None

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
