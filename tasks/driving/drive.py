"""Drive: along a road with bends, past slower cars."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.commands import Command
from tasks.driving.boxes import Boxes, touch
from tasks.driving.learning import DRIVING
from tasks.driving.road import LANE_M, LANES_M, random_road
from tasks.driving.road_scene import add_road
from tasks.driving.scene import add_cars, driving_scene
from tasks.driving.task import DrivingSettings, DrivingTask
from tasks.driving.traffic import Traffic
from tasks.quantities import Measure, Quantity
from tasks.rewards import tolerance

AHEAD_M = np.array([5.0, 12.0, 22.0, 35.0, 50.0, 75.0])
"""Where the road ahead is looked at [m]."""
BEND = 25.0
"""Curvature is observed times this [m]: half the radius of the narrowest bend."""
NEAR_M = 60.0
"""Cars farther away are not seen [m]."""
ROAD_M = 3_000
"""Length of the road [m]."""
BEFORE_M, AFTER_M = 150.0, 300.0
"""Routes begin and end so far from the ends of the road at least [m]."""
OFF_LANE_M = 1.0
"""Distance from the middle of a lane at which a tenth of the reward is left [m]."""
CLOSE_S = 1.0
"""Time to the car ahead below which the reward for distance falls [s]."""


@dataclass(frozen=True)
class DriveSettings(DrivingSettings):
    """Settings of `drive`."""

    episode_s: float = 30.0
    """Episode length [s]."""
    route_m: float = 280.0
    """Success: so far along the road [m], without touching a car or leaving the road."""
    limit_m_s: float = 20.0
    """Speed that is allowed on straight road [m/s]; bends allow less."""
    cars: int = 6
    """Other cars on the road."""
    slower: tuple[float, float] = (0.45, 0.75)
    """Speed that they want to drive, least and greatest share of the allowed one."""
    fog_m: float = 100.0
    """How far one sees [m]."""
    road: int = 0
    """Which road: the seed of its bends."""

    def __post_init__(self) -> None:
        """Check what `DrivingSettings` checks, and the road and the traffic."""
        super().__post_init__()
        most = ROAD_M - BEFORE_M - AFTER_M
        if not 0 < self.route_m <= most:
            raise ValueError(f"route_m must be from 0 to {most:g} m, got {self.route_m}")
        if not 1 <= self.limit_m_s <= 40:
            raise ValueError(f"limit_m_s must be from 1 to 40 m/s, got {self.limit_m_s}")
        if not 1 <= self.cars <= 20:
            raise ValueError(f"cars must be from 1 to 20, got {self.cars}")
        if not 0 < self.slower[0] <= self.slower[1] <= 1:
            raise ValueError(f"slower must be (least, greatest) within (0, 1], got {self.slower}")
        if not self.fog_m >= 5:
            raise ValueError(f"fog_m must be at least 5 m, got {self.fog_m}")
        if self.road < 0:
            raise ValueError(f"road must not be negative, got {self.road}")


class Drive(DrivingTask):
    """Drive along a road with bends as fast as is allowed, past slower cars on two lanes.

    A car with cameras and a map could know all that is observed: its motion, where it is on the
    road, how the road bends ahead and how fast it may be driven, and of the nearest car ahead and
    behind on each lane how far it is, how much faster, and where on its lane; as far as one sees.
    Episodes begin anywhere on a road that the setting `road` chooses.

    Reward terms, each in [0, 1]; all of them fall where the car leaves its lane or drives too fast:

    - `speed` pays for driving as fast as is allowed.
    - `lane` pays for the middle of a lane, in its direction.
    - `distance` pays for keeping at least a second behind the car ahead.
    - `calm` pays for a steering angle and a speed that change little, and are off their limits.
    """

    name = "drive"
    solved = "at the end of the route"
    failed = "crashed"
    demonstrator = "tasks.driving.drive_demonstrator:DriveDemonstrator"
    learning = DRIVING
    weights = {  # noqa: RUF012 - never changed
        "speed": 0.5,
        "lane": 0.2,
        "distance": 0.2,
        "calm": 0.1,
    }
    acceleration_m_s2 = 5.0
    steering_rad_s = 0.1

    settings: DriveSettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(DriveSettings(**settings))
        self.road = random_road(self.settings.road, ROAD_M)
        """Where it drives."""
        self.speed_m_s = (-1.0, 1.2 * self.settings.limit_m_s)

    def build(self) -> mujoco.MjSpec:
        """The road and the cars."""
        spec = driving_scene(self.settings.timestep_s, self.settings.friction)
        add_road(spec, self.road)
        add_cars(spec, self._names)
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
        for i, rng in zip(ids, rngs, strict=True):
            self.start[i] = rng.uniform(BEFORE_M, last)
            lane = LANES_M[rng.integers(2)] + rng.uniform(-0.3, 0.3)
            turn = self.road.at(self.road.heading, self.start[i]) + rng.uniform(-0.02, 0.02)
            speed = rng.uniform(0.4, 0.9) * self.allowed(self.start[i])
            self.place(i, self.road.place(self.start[i], lane), float(turn), float(speed))
            speeds = (
                settings.slower[0] * settings.limit_m_s,
                settings.slower[1] * settings.limit_m_s,
            )
            self.traffic.reset(i, rng, self.start[i], speeds)
        self.along[ids] = self.start[ids]
        self._show(ids)

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

    def _find(self) -> None:
        """Where the car is on the road."""
        self.along, self.left = self.road.find(self.middle, self.along)
        self._off_heading = np.asarray(
            (self.heading - self.road.at(self.road.heading, self.along) + np.pi) % (2 * np.pi)
            - np.pi
        )

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
        c, s = np.abs(np.cos(self._off_heading)), np.abs(np.sin(self._off_heading))
        reach = half[0] * s + half[1] * c
        self.off_road = np.asarray(np.abs(self.left) + reach > LANE_M)

    def observe(self) -> dict[str, Array]:
        """Motion, place on the road, the road ahead, and the nearest cars."""
        seen = self.along[:, None] + np.minimum(AHEAD_M, self.settings.fog_m)
        return {
            **self.motion_observed(),
            "place": np.column_stack([self.left / LANE_M, 5.0 * np.sin(self._off_heading)]),
            "bends": BEND * self.road.at(self.road.curvature, seen),
            "allowed": self.allowed(seen) / self.settings.limit_m_s,
            "cars": self._cars(),
        }

    def _cars(self) -> Array:
        """Nearest cars ahead and behind, on the right and on the left lane, (n, 12).

        How near each is, 1 for touching and 0 for out of sight, how much faster, and how far to the
        left of the middle of its lane.
        """
        sight = min(NEAR_M, self.settings.fog_m)
        away = self.traffic.along - self.along[:, None]
        faster = self.traffic.speed - self.speed[:, None]
        views = []
        for lane in LANES_M:
            aside = self.traffic.left - lane
            on = np.abs(aside) < 0.6 * LANE_M
            for way in (1.0, -1.0):
                distance = np.where(on & (way * away >= 0.0), np.abs(away), np.inf)
                nearest = distance.argmin(1)[:, None]
                near = np.take_along_axis(distance, nearest, 1)[:, 0]
                gap = np.maximum(near - self.car.length_m, 0.0)
                visible = gap < sight
                views += [
                    np.where(visible, 1.0 - gap / sight, 0.0),
                    visible * np.take_along_axis(faster, nearest, 1)[:, 0] / 10.0,
                    visible * np.take_along_axis(aside, nearest, 1)[:, 0] / LANE_M,
                ]
        return np.stack(views, axis=1)

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        ahead = ", ".join(f"{metres:g}" for metres in AHEAD_M)
        return {
            **self.motion_shown(),
            "place": Quantity(
                "to the left of the middle of the road [m], sine of the turn off its direction",
                "m, 1",
                [LANE_M, 0.2],
            ),
            "bends": Quantity(f"curvature to the left {ahead} m ahead", "1/m", 1.0 / BEND),
            "allowed": Quantity(f"allowed speed {ahead} m ahead", "m/s", self.settings.limit_m_s),
            "cars": Quantity(
                "nearest cars ahead and behind on the right lane and on the left: nearness (1 "
                "touches, 0 out of sight), how much faster [m/s], to the left in its lane [m]",
                "1, m/s, m",
                [1.0, 10.0, LANE_M] * 4,
            ),
        }

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        allowed = self.allowed(self.along)
        off = np.abs(self.left[:, None] - LANES_M).min(1)
        straight = tolerance(self._off_heading, margin=0.3)
        lane = tolerance(off, (0.0, 0.2), OFF_LANE_M) * straight
        lawful = tolerance(self.speed - allowed, (-np.inf, 0.5), 3.0)
        fast = np.clip(self.speed / allowed, 0.0, 1.0) * lawful
        return {
            "speed": fast * (0.3 + 0.7 * lane),
            "lane": lane * lawful,
            "distance": tolerance(self.headway(), (CLOSE_S, np.inf), CLOSE_S) * lawful,
            "calm": self.calm * lawful,
        }

    def headway(self) -> Array:
        """Time to where the car ahead is now [s], (n,)."""
        gap = self.traffic.gap_ahead(self.along, self.left)
        return np.asarray(gap / np.maximum(self.speed, 1.0))

    def success(self) -> Mask:
        """The route is done."""
        done = self.along - self.start >= self.settings.route_m
        return np.asarray(done & ~self.touches & ~self.off_road)

    def failure(self) -> Mask:
        """It touches a car, or has left the road."""
        return np.asarray(self.touches | self.off_road)

    def metrics(self) -> dict[str, Array]:
        """How far it has come, and how it drives now."""
        return {"route_m": self.along - self.start, "speed_m_s": self.speed.copy()}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"route_m": Measure("distance done", "m"), "speed_m_s": Measure("speed", "m/s")}

    def commands(self) -> dict[str, Array]:
        """The speed that is allowed here."""
        return {"allowed": self.allowed(self.along)[:, None]}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        return {"allowed": Command("allowed speed", "m/s")}
