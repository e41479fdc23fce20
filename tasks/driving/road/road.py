"""A road with bends: where it runs, where a car is on it, and how fast one may drive."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array

LANE_M = 3.5
"""Width of a lane [m] (RAL 2012, road of design class 2: 3.50 m)."""
LANES_M = np.array([-LANE_M / 2, LANE_M / 2])
"""Where the middles of the two lanes, both of one direction, are to the left of the road's [m]."""
STRAIGHT_M = (30.0, 120.0)
"""Shortest and longest straight part [m]."""
RADIUS_M = (50.0, 250.0)
"""Radius of the narrowest and the widest bend [m]."""
ANGLE_RAD = (0.3, 1.2)
"""Least and greatest turn of a bend [rad]."""
ASTRAY_RAD = 1.2
"""The road leads away from the x axis by no more than this, so that it never crosses itself."""
EASED_M = 31
"""Curvature changes over this length, as in clothoids [m]."""
SIDEWAYS_M_S2 = 2.5
"""Acceleration sideways at the speed that is allowed in bends [m/s^2]."""
BRAKING_M_S2 = 1.5
"""Before bends the allowed speed falls as if one braked so [m/s^2]."""


@dataclass(frozen=True)
class Road:
    """The middle of a road, at every metre of its length."""

    points: Array
    """[m], (k, 2)."""
    heading: Array
    """Direction, from x to the left [rad], (k,)."""
    curvature: Array
    """To the left [1/m], (k,)."""
    allowed: Array
    """Speed that bends allow [m/s], (k,)."""

    @property
    def length_m(self) -> float:
        """Its length [m]."""
        return float(len(self.points) - 1)

    def at(self, values: Array, along: Array) -> Array:
        """Values of a place along the road, linear in between.

        Args:
            values: at every metre, (k,) or (k, 2).
            along: places [m], (...).
        """
        place = np.clip(along, 0.0, self.length_m - 1e-6)
        index = place.astype(int)
        share = place - index
        if values.ndim > 1:
            share = share[..., None]
        return np.asarray(values[index] * (1.0 - share) + values[index + 1] * share)

    def place(self, along: Array, left: Array) -> Array:
        """The point so far along the road and so far to the left of its middle [m], (..., 2)."""
        heading = self.at(self.heading, along)
        sideways = np.stack([-np.sin(heading), np.cos(heading)], axis=-1)
        return np.asarray(self.at(self.points, along) + left[..., None] * sideways)

    def find(self, points: Array, along: Array) -> tuple[Array, Array]:
        """Where points are on the road: along it and to the left of its middle [m], (n,) each.

        Args:
            points: [m], (n, 2).
            along: about where, to within some metres [m], (n,).
        """
        for _ in range(3):
            heading = self.at(self.heading, along)
            away = points - self.at(self.points, along)
            ahead = away[:, 0] * np.cos(heading) + away[:, 1] * np.sin(heading)
            left = away[:, 1] * np.cos(heading) - away[:, 0] * np.sin(heading)
            along = along + ahead / np.maximum(1.0 - left * self.at(self.curvature, along), 0.3)
        return along, left


@cache
def random_road(seed: int, length_m: int) -> Road:
    """The road of a seed.

    Args:
        seed: fixes it.
        length_m: how long it is [m].
    """
    curvature = _curvature(np.random.default_rng(seed), length_m)
    heading = np.concatenate([[0.0], np.cumsum((curvature[1:] + curvature[:-1]) / 2)])
    middle = (heading[1:] + heading[:-1]) / 2
    steps = np.stack([np.cos(middle), np.sin(middle)], axis=1)
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    allowed = np.sqrt(SIDEWAYS_M_S2 / np.maximum(np.abs(curvature), 1e-4))
    return Road(points, heading, curvature, _approached(allowed))


def _curvature(rng: np.random.Generator, length_m: int) -> Array:
    """At every metre [1/m], (length_m + 1,)."""
    parts: list[NDArray[np.float64]] = [np.zeros(100)]
    heading = 0.0
    while sum(map(len, parts)) < length_m + EASED_M:
        parts.append(np.zeros(int(rng.uniform(*STRAIGHT_M))))
        turn = rng.uniform(*ANGLE_RAD) * rng.choice([-1, 1])
        if abs(heading + turn) > ASTRAY_RAD:
            turn = -turn
        if abs(heading + turn) > ASTRAY_RAD:
            continue
        heading += turn
        radius = rng.uniform(*RADIUS_M)
        count = max(1, round(abs(turn) * radius))
        parts.append(np.full(count, turn / count))
    window = np.ones(EASED_M) / EASED_M
    return np.convolve(np.concatenate(parts), window, "same")[: length_m + 1]


def _approached(allowed: Array) -> Array:
    """Allowed speeds that fall before what allows less."""
    squares = np.square(allowed)
    for index in range(len(squares) - 2, -1, -1):
        squares[index] = min(squares[index], squares[index + 1] + 2.0 * BRAKING_M_S2)
    return np.asarray(np.sqrt(squares))
