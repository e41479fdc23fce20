"""Other cars on a road: they follow each other, brake, and change lanes."""

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array, Ids, Mask
from tasks.driving.road.road import LANES_M, Road

ACCELERATION_M_S2, BRAKING_M_S2 = 0.73, 1.67
"""Comfortable acceleration and deceleration [m/s^2] ..."""
HEADWAY_S, STANDING_M, EXPONENT = 1.6, 2.0, 4.0
"""... time headway [s], distance when standing [m] and exponent of the intelligent driver model
and their values (Treiber, Hennecke & Helbing 2000, Congested traffic states in empirical
observations and microscopic simulations, Physical Review E 62, table I)."""
HARDEST_M_S2 = 8.0
"""They brake no harder than this [m/s^2]."""
CHANGE_M_S = 1.0
"""Speed at which they change lanes [m/s]."""
ROOM_M, ROOM_S = 12.0, 2.0
"""A car changes lanes only where nobody is this near in the other lane [m], nor will be within this
time [s]."""
WIDE_M = 2.3
"""Cars less than this apart to the side follow each other [m]."""
BEHIND, EVERY_M = 1, 30.0
"""So many cars begin behind the place that the others are spread ahead of, this far apart [m]."""
OFF_M = 0.25
"""They drive so far from the middle of their lane at most [m]."""
FREE_M = 500.0
"""Distance to nobody [m]."""
BRAKES_S, BRAKES_TO = 3.0, 0.4
"""A car that brakes for no reason drives for so long [s] at this share of its speed."""


def follow(speed: Array, wanted: Array, gap: Array, ahead: Array) -> Array:
    """Acceleration of the intelligent driver model [m/s^2], (...).

    Args:
        speed: own [m/s], (...).
        wanted: speed on a free road [m/s], (...).
        gap: to the car ahead, bumper to bumper [m], (...).
        ahead: that car's speed [m/s], (...).
    """
    dynamic = speed * (speed - ahead) / (2.0 * np.sqrt(ACCELERATION_M_S2 * BRAKING_M_S2))
    desired = STANDING_M + np.maximum(speed * HEADWAY_S + dynamic, 0.0)
    crowded = np.square(desired / np.maximum(gap, 0.1))
    free = np.power(speed / np.maximum(wanted, 0.1), EXPONENT)
    change = ACCELERATION_M_S2 * (1.0 - free - crowded)
    return np.asarray(np.maximum(change, -HARDEST_M_S2))


def gaps(along: Array, left: Array, others: Array, others_left: Array, length_m: float) -> Array:
    """Bumper to bumper to others ahead on the same path [m], `FREE_M` where there are none.

    Args:
        along: of cars [m], (n, m).
        left: of cars [m], (n, m).
        others: along [m], (n, k).
        others_left: of these [m], (n, k).
        length_m: of a car [m].

    Returns:
        (n, m, k).
    """
    ahead = others[:, None] - along[..., None]
    near = np.abs(others_left[:, None] - left[..., None]) < WIDE_M
    return np.where(near & (ahead > 0.1), np.maximum(ahead - length_m, 0.0), FREE_M)


class Traffic:
    """m cars on each of n roads; everything random is drawn when an episode begins."""

    def __init__(self, road: Road, nsim: int, count: int, length_m: float, step_s: float) -> None:
        """Nobody is there yet.

        Args:
            road: where they drive.
            nsim: number of roads n.
            count: cars on each m.
            length_m: of a car [m].
            step_s: time between two calls of `advance` [s].
        """
        self._road, self._length_m, self._step_s = road, length_m, step_s
        zeros = np.zeros((nsim, count))
        self.along, self.left, self.speed = zeros.copy(), zeros.copy(), zeros.copy()
        """Where they are [m], and how fast [m/s], (n, m)."""
        self.lane: NDArray[np.intp] = np.zeros((nsim, count), np.intp)
        """Where they drive or change to, 0 for right, (n, m)."""
        self._wanted, self._off = zeros.copy(), zeros.copy()
        self._brakes_at, self._changes_at = zeros.copy(), zeros.copy()
        self._time = np.zeros(nsim)

    def reset(
        self, index: int, rng: np.random.Generator, start_m: float, speeds: tuple[float, float]
    ) -> None:
        """Spread cars around a place, but for the place itself.

        Args:
            index: which road.
            rng: what is drawn from.
            start_m: the place [m].
            speeds: what they want to drive at least and at most [m/s].
        """
        count = self.along.shape[1]
        slots = np.arange(count) - BEHIND
        slots[slots >= 0] += 1
        self.along[index] = start_m + EVERY_M * slots + rng.uniform(-6.0, 6.0, count)
        self.lane[index] = rng.integers(0, 2, count)
        self._off[index] = rng.uniform(-OFF_M, OFF_M, count)
        self.left[index] = LANES_M[self.lane[index]] + self._off[index]
        self._wanted[index] = rng.uniform(*speeds, count)
        allowed = self._road.at(self._road.allowed, self.along[index])
        self.speed[index] = np.minimum(self._wanted[index], allowed)
        self._brakes_at[index] = rng.uniform(0.0, 60.0, count)
        self._changes_at[index] = rng.uniform(0.0, 60.0, count)
        self._time[index] = 0.0

    def advance(self, along: Array, left: Array, speed: Array) -> None:
        """Go on by one step, minding another car too.

        Args:
            along: of the other car [m], (n,).
            left: of it [m], (n,).
            speed: of it [m/s], (n,).
        """
        others = [
            np.concatenate([own, other[:, None]], axis=1)
            for own, other in ((self.along, along), (self.left, left), (self.speed, speed))
        ]
        self._time += self._step_s
        self._change_lanes(others)
        distance = gaps(self.along, self.left, others[0], others[1], self._length_m)
        nearest = distance.argmin(2)
        gap = np.take_along_axis(distance, nearest[..., None], 2)[..., 0]
        ahead = np.take_along_axis(others[2], nearest, 1)
        since = self._time[:, None] - self._brakes_at
        braking = np.where((since >= 0.0) & (since < BRAKES_S), BRAKES_TO, 1.0)
        wanted = np.minimum(self._wanted * braking, self._road.at(self._road.allowed, self.along))
        change = follow(self.speed, wanted, gap, ahead) * self._step_s
        speed_after = np.maximum(self.speed + change, 0.0)
        self.along += (self.speed + speed_after) / 2 * self._step_s
        self.speed = speed_after
        aside = LANES_M[self.lane] + self._off - self.left
        self.left += np.clip(aside, -CHANGE_M_S * self._step_s, CHANGE_M_S * self._step_s)

    def _change_lanes(self, others: list[Array]) -> None:
        """Those whose time has come, and who have room, choose the other lane."""
        due = (self._time[:, None] >= self._changes_at) & (self._changes_at >= 0.0)
        target = LANES_M[1 - self.lane]
        change = due & self._room(target, *others)
        self.lane = np.where(change, 1 - self.lane, self.lane)
        self._changes_at = np.where(change, -1.0, self._changes_at)

    def _room(self, target: Array, along: Array, left: Array, speed: Array) -> Mask:
        """Whether nobody else is near where cars want to go, (n, m)."""
        apart = along[:, None] - self.along[..., None]
        nearer = np.sign(-apart) * (speed[:, None] - self.speed[..., None])
        near = np.abs(apart) < ROOM_M + ROOM_S * np.maximum(nearer, 0.0)
        near &= np.abs(left[:, None] - target[..., None]) < WIDE_M
        return np.asarray(~near.any(2))

    def poses(self, ids: Ids | slice) -> tuple[Array, Array]:
        """Middles [m], (k, m, 2), and headings [rad], (k, m), on the roads `ids`."""
        along, left = self.along[ids], self.left[ids]
        aside = LANES_M[self.lane[ids]] + self._off[ids] - left
        aside = np.clip(aside, -1.0, 1.0) * CHANGE_M_S
        heading = self._road.at(self._road.heading, along)
        return self._road.place(along, left), heading + np.arctan2(
            aside, np.maximum(self.speed[ids], 5.0)
        )

    def car_ahead(self, along: Array, left: Array) -> tuple[Array, Array]:
        """The next car ahead of another one.

        Args:
            along: of the other car [m], (n,).
            left: of it [m], (n,).

        Returns:
            How far it is, bumper to bumper [m], `FREE_M` where there is none, and how fast [m/s],
            (n,) each.
        """
        distance = gaps(along[:, None], left[:, None], self.along, self.left, self._length_m)[:, 0]
        nearest = distance.argmin(1)[:, None]
        gap, speed = (np.take_along_axis(x, nearest, 1)[:, 0] for x in (distance, self.speed))
        return gap, speed
