"""A car on a road with others: the scene, how episodes start, where the car is, what it touches."""

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators
from tasks.driving.boxes import Boxes, touch
from tasks.driving.road.road import LANE_M, LANES_M, random_road
from tasks.driving.road.scene import add_road
from tasks.driving.road.settings import AFTER_M, BEFORE_M, ROAD_M, DriveSettings
from tasks.driving.road.sight import Sight
from tasks.driving.road.traffic import Traffic
from tasks.driving.scene import add_cars, driving_scene
from tasks.driving.task import DrivingTask
from tasks.scene import add_fog

FOG_COLOUR = (0.74, 0.77, 0.80)
CLEAR_M = 16.0
"""So far from the camera nothing fades [m]: those that follow the car are 11 and 12 m behind its
front, the one above is 19 m high, and shall see it in the thickest fog."""


class RoadTask(DrivingTask):
    """A task for a car on a road with others."""

    settings: DriveSettings

    def __init__(self, settings: DriveSettings) -> None:
        super().__init__(settings)
        self.road = random_road(settings.road, ROAD_M)
        """Where it drives."""
        self.sight = Sight(settings.fog_m)
        """What it sees."""
        self.speed_m_s = (-1.0, 1.2 * settings.limit_m_s)

    def build(self) -> mujoco.MjSpec:
        """The road and the cars."""
        spec = driving_scene(self.settings.timestep_s, self.settings.friction)
        add_road(spec, self.road)
        add_cars(spec, self._names)
        if self.sight.shortened:
            add_fog(spec, CLEAR_M, CLEAR_M + self.settings.fog_m, FOG_COLOUR)
        eye = spec.body("car").add_camera(name="front", pos=[-9.0, 0.0, 4.2], fovy=55)
        eye.mode, eye.targetbody = mujoco.mjtCamLight.mjCAMLIGHT_TARGETBODY, "car"
        return spec

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"traffic_{k}" for k in range(self.settings.cars))

    def bind(self, batch: Batch) -> None:
        """Keep views of the car and of the others."""
        n, settings = batch.nsim, self.settings
        mocap = [batch.model.body(name).mocapid[0] for name in self._names]
        others = slice(mocap[0], mocap[-1] + 1)
        self._others_m = batch.bind("mocap_pos")[:, others]
        self._others_turn = batch.bind("mocap_quat")[:, others]
        period_s = 1.0 / settings.control_hz
        self.traffic = Traffic(self.road, n, settings.cars, self.car.length_m, period_s)
        """The others."""
        self.along, self.left, self.start = np.zeros((3, n))
        """Where the car is along the road and to the left of its middle, and where it began [m],
        (n,) each."""
        self.touches, self.off_road = np.zeros((2, n), bool)
        """Whether it touches another car, and whether it is beyond a line, (n,) each."""
        super().bind(batch)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start anywhere on the road, on either lane, between the others."""
        settings = self.settings
        last = ROAD_M - AFTER_M - settings.route_m
        least, greatest = (share * settings.limit_m_s for share in settings.slower)
        for i, rng in zip(ids, rngs, strict=True):
            self.start[i] = rng.uniform(BEFORE_M, last)
            self._enter(i, rng)
            self.traffic.reset(i, rng, self.start[i], (least, greatest))
        self.along[ids] = self.start[ids]
        self._show(ids)

    def _enter(self, index: int, rng: np.random.Generator) -> None:
        """Put the car where it begins."""
        start = self.start[index]
        lane = LANES_M[rng.integers(2)] + rng.uniform(-0.3, 0.3)
        turn = self.road.at(self.road.heading, start) + rng.uniform(-0.02, 0.02)
        speed = rng.uniform(0.4, 0.9) * self.allowed(start)
        self.place(index, self.road.place(start, lane), float(turn), float(speed))

    def started(self, ids: NDArray[np.intp]) -> None:
        """The car is elsewhere now."""
        super().started(ids)
        self._find()
        self.touches[ids] = self.off_road[ids] = False

    def advance(self) -> None:
        """The others go on; look where the car is, and whether it touches one of them."""
        super().advance()
        self._find()
        self.traffic.advance(self.along, self.left, self.speed)
        self._show(slice(None))
        self._look()

    def allowed(self, along: Array) -> Array:
        """Speed that is allowed at places along the road [m/s], (...)."""
        return np.minimum(self.road.at(self.road.allowed, along), self.settings.limit_m_s)

    def headway(self) -> Array:
        """Time to where the car ahead is now [s], (n,)."""
        gap, _ = self.traffic.car_ahead(self.along, self.left)
        return np.asarray(gap / np.maximum(self.speed, 1.0))

    def _find(self) -> None:
        """Where the car is on the road."""
        self.along, self.left = self.road.find(self.middle, self.along)
        turn = self.heading - self.road.at(self.road.heading, self.along)
        self.off_heading = np.asarray((turn + np.pi) % (2 * np.pi) - np.pi)
        """Its turn off the direction of the road, to the left [rad], (n,)."""

    def _show(self, ids: NDArray[np.intp] | slice) -> None:
        """Put the others where they are."""
        middle, heading = self.traffic.poses(ids)
        self._others_m[ids, :, :2] = middle
        self._others_turn[ids, :, 0] = np.cos(heading / 2)
        self._others_turn[ids, :, 3] = np.sin(heading / 2)

    def _look(self) -> None:
        """Whether the car touches another or a corner of it is beyond an outer line."""
        half = self.car.half_size_m
        middle, heading = self.traffic.poses(slice(None))
        own = Boxes(self.middle[:, None], self.heading[:, None], half)
        self.touches = np.asarray(touch(own, Boxes(middle, heading, half)).any(1))
        c, s = np.abs(np.cos(self.off_heading)), np.abs(np.sin(self.off_heading))
        reach = half[0] * s + half[1] * c
        self.off_road = np.asarray(np.abs(self.left) + reach > LANE_M)
