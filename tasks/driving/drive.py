"""Drive: along a road with bends, past slower cars."""

from typing import Any

import numpy as np

from tasks.arrays import Array, Mask
from tasks.commands import Command
from tasks.driving.learning import DRIVING
from tasks.driving.road.road import LANE_M, LANES_M
from tasks.driving.road.settings import DriveSettings
from tasks.driving.road.sight import BEND, cars_shown, road_shown
from tasks.driving.road.task import RoadTask
from tasks.quantities import Measure, Quantity
from tasks.rewards import tolerance

OFF_LANE_M = 2.0
"""Distance from the middle of a lane at which a tenth of the reward is left [m]: half of the way to
the other lane costs no more than is earned by passing."""
AHEAD_S = 4.0
"""A lane lets one drive as fast as brings one to the car ahead in this time [s]."""
CLOSE_S = 1.0
"""Time to the car ahead below which the reward for distance falls [s]."""


class Drive(RoadTask):
    """Drive along a road with bends as fast as is allowed, past slower cars on two lanes.

    A car with cameras and a map could know all that is observed: its motion, where it is on the
    road, how the road bends ahead and how fast it may be driven, and of the nearest car ahead and
    behind on each lane how far it is, how much faster, and where on its lane; as far as one sees.
    Episodes begin anywhere on a road that the setting `road` chooses.

    Reward terms, each in [0, 1]; all of them fall where the car leaves its lane or drives too fast:

    - `speed` pays for driving as fast as is allowed.
    - `open` pays for being where the lane lets one drive so fast, which shows at once what it is
      worth to change lanes.
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
        "speed": 0.45,
        "open": 0.2,
        "lane": 0.1,
        "distance": 0.15,
        "calm": 0.1,
    }
    acceleration_m_s2 = 5.0
    steering_rad_s = 0.1

    def __init__(self, **settings: Any) -> None:
        super().__init__(DriveSettings(**settings))

    def observe(self) -> dict[str, Array]:
        """Motion, place on the road, the road ahead, and the nearest cars."""
        ahead = self.sight.ahead(self.along)
        return {
            **self.motion_observed(),
            "place": np.column_stack([self.left / LANE_M, 5.0 * np.sin(self.off_heading)]),
            "bends": BEND * self.road.at(self.road.curvature, ahead),
            "allowed": self.allowed(ahead) / self.settings.limit_m_s,
            "cars": self.sight.cars(self.traffic, self.along, self.speed, self.car.length_m),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        what = "to the left of the middle of the road [m], sine of the turn off its direction"
        return {
            **self.motion_shown(),
            "place": Quantity(what, "m, 1", [LANE_M, 0.2]),
            **road_shown(self.settings.limit_m_s),
            **cars_shown(),
        }

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        allowed = self.allowed(self.along)
        off = np.abs(self.left[:, None] - LANES_M).min(1)
        straight = tolerance(self.off_heading, margin=0.3)
        lane = tolerance(off, (0.0, 0.2), OFF_LANE_M) * straight
        lawful = tolerance(self.speed - allowed, (-np.inf, 0.5), 3.0)
        fast = np.clip(self.speed / allowed, 0.0, 1.0) * lawful
        return {
            "speed": fast * (0.3 + 0.7 * lane),
            "open": np.clip(self.lane_speed() / allowed, 0.0, 1.0) * lawful,
            "lane": lane * lawful,
            "distance": tolerance(self.headway(), (CLOSE_S, np.inf), CLOSE_S) * lawful,
            "calm": self.calm * lawful,
        }

    def lane_speed(self) -> Array:
        """How fast the lane lets one drive for now [m/s], (n,)."""
        gap, speed = self.traffic.car_ahead(self.along, self.left)
        return np.asarray(speed + gap / AHEAD_S)

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
