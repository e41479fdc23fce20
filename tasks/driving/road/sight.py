"""What is seen on a road: how it leads on, and the nearest cars, as far as fog lets one see."""

from dataclasses import dataclass

import numpy as np

from tasks.arrays import Array
from tasks.driving.road.road import LANE_M, LANES_M
from tasks.driving.road.traffic import Traffic
from tasks.quantities import Quantity

AHEAD_M = np.array([5.0, 12.0, 22.0, 35.0, 50.0, 75.0])
"""Where the road ahead is looked at [m]."""
BEND = 25.0
"""Curvature is observed times this [m]: half the radius of the narrowest bend."""
NEAR_M = 60.0
"""Cars farther away are not seen [m]."""
FASTER_M_S = 10.0
"""Difference of speeds that is observed as 1 [m/s]."""


@dataclass(frozen=True)
class Sight:
    """How the road and the others are observed."""

    fog_m: float
    """How far one sees [m]."""

    @property
    def shortened(self) -> bool:
        """Whether fog hides something that is seen in clear air."""
        return bool(self.fog_m < max(AHEAD_M[-1], NEAR_M))

    @property
    def cars_m(self) -> float:
        """Cars are seen up to this distance, bumper to bumper [m]."""
        return min(NEAR_M, self.fog_m)

    def ahead(self, along: Array) -> Array:
        """Places along the road that are looked at from others [m], (n,) -> (n, 6)."""
        return np.asarray(along[:, None] + np.minimum(AHEAD_M, self.fog_m))

    def cars(self, traffic: Traffic, along: Array, speed: Array, length_m: float) -> Array:
        """Nearest cars ahead and behind, on the right and on the left lane, (n, 12).

        How near each is, 1 for touching and 0 for out of sight, how much faster, and how far to the
        left of the middle of its lane.

        Args:
            traffic: the others.
            along: where on the road one is [m], (n,).
            speed: how fast one is [m/s], (n,).
            length_m: of a car [m].
        """
        away = traffic.along - along[:, None]
        faster = traffic.speed - speed[:, None]
        views: list[Array] = []
        for lane in LANES_M:
            aside = traffic.left - lane
            on = np.abs(aside) < 0.6 * LANE_M
            for way in (1.0, -1.0):
                distance = np.where(on & (way * away >= 0.0), np.abs(away), np.inf)
                views += self._nearest(distance, length_m, faster, aside)
        return np.stack(views, axis=1)

    def _nearest(
        self, distance: Array, length_m: float, faster: Array, aside: Array
    ) -> tuple[Array, Array, Array]:
        """How the nearest of cars, (n, m), is observed, (n,) each."""
        nearest = distance.argmin(1)[:, None]
        near, faster, aside = (
            np.take_along_axis(of_all, nearest, 1)[:, 0] for of_all in (distance, faster, aside)
        )
        gap = np.maximum(near - length_m, 0.0)
        visible = gap < self.cars_m
        nearness = np.where(visible, 1.0 - gap / self.cars_m, 0.0)
        return nearness, visible * faster / FASTER_M_S, visible * aside / LANE_M


def road_shown(limit_m_s: float) -> dict[str, Quantity]:
    """What `bends` and `allowed` show, of which the latter is a share of a limit [m/s]."""
    ahead = ", ".join(f"{metres:g}" for metres in AHEAD_M)
    return {
        "bends": Quantity(f"curvature to the left {ahead} m ahead", "1/m", 1.0 / BEND),
        "allowed": Quantity(f"allowed speed {ahead} m ahead", "m/s", limit_m_s),
    }


def cars_shown() -> dict[str, Quantity]:
    """What `cars` show."""
    what = (
        "nearest cars ahead and behind on the right lane and on the left: nearness (1 "
        "touches, 0 out of sight), how much faster [m/s], to the left in its lane [m]"
    )
    return {"cars": Quantity(what, "1, m/s, m", [1.0, FASTER_M_S, LANE_M] * 4)}
