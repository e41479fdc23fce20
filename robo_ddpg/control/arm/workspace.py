"""Keeping points of the arm inside half-spaces, together with every joint's brake.

From planned positions q, the next velocities u and the brake after them, joint j is at q_j + x_j(t)
at time t and travels a way of d_j in all. A site p with Jacobian G then stays on the inner side n
of its plane, at a distance of at least::

    W = n.p - offset + min_t n.G x(t) - 1/2 sum_ij M_ij d_i d_j,

because the second derivative of p by joints i and j is at most M_ij, the longest lever of the
outer one of the two. W never falls along the brake: what has been travelled no longer counts, and
what n.p and G have changed by since is covered by the last term. So from W >= 0 the full brake
always keeps W >= 0, and between the brake and what the agent wants there is always a motion that
does too. The x_j are piecewise quadratic with the control period as their pieces, so the minimum is
exact. As a quick first check, x(t) may be anywhere within the joints' ways.

Commanded positions are averages over a short window. Points of a curve sag off the average of its
points, by at most 1/24 sum_ij M_ij (V_i w) (V_j w) at speeds up to V and a window w: planes are
moved inwards by that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.braking import Stop
from tasks.arm.robot import HalfSpace
from tasks.arrays import Array

ROUNDING_M = 1e-9
"""Distances below this are rounding [m]."""
LOST_M = 1e-6
"""A plane that even the full brake misses by this much was left before the filter began [m]."""


@dataclass(frozen=True)
class Planes:
    """Planes that one site is kept inside of, c of them."""

    normals: Array
    """Inward unit normals, (3, c)."""
    offsets: Array
    """Distances from the origin along these [m], (c,)."""

    def slow(self, velocity: Array, position: Array, rate: float) -> None:
        """Slow motion towards planes, in place.

        Args:
            velocity: of the site [m/s], (n, 3).
            position: of the site [m], (n, 3).
            rate: share of the way to a plane that is left open per second [1/s].
        """
        room = np.maximum(position @ self.normals - self.offsets, 0.0)
        fast = np.maximum(-(velocity @ self.normals) - rate * room, 0.0)
        velocity += fast @ self.normals.T


class Workspace:
    """The half-spaces of an arm, c of them."""

    def __init__(
        self,
        kinematics: ArmKinematics,
        planes: tuple[HalfSpace, ...],
        window_rad: Array,
        margin_m: float = 0.0,
    ) -> None:
        """Resolve the sites' names.

        Args:
            kinematics: knows the sites of all planes.
            planes: the half-spaces.
            window_rad: farthest that joints move within the averaging window [rad], (j,).
            margin_m: distance from the planes that is kept free [m].
        """
        self._kinematics = kinematics
        self._shape = (len(kinematics.sites) * 3, len(planes))
        index = [kinematics.sites.index(plane.site) for plane in planes]
        self._normals = np.zeros(self._shape)
        for c, plane in enumerate(planes):
            self._normals[3 * index[c] : 3 * index[c] + 3, c] = plane.normal
        self._roots, self._weights = _curvature(kinematics.levers, index)
        sag = self.bending(window_rad) / 12.0
        self._offsets = np.array([plane.offset_m for plane in planes]) + sag + margin_m
        self.clearance = np.zeros((0, len(planes)))
        """Distances of the sites from their planes at the planned positions [m], (n, c)."""
        self.slopes = np.zeros((0, 0, len(planes)))
        """How each joint changes the clearances [m/rad], (n, j, c)."""

    def planes_of(self, site: int) -> Planes:
        """The planes of one of the kinematics' sites, moved inwards as they are kept."""
        normals = self._normals[3 * site : 3 * site + 3]
        own = normals.any(0)
        return Planes(normals[:, own], self._offsets[own])

    def update(self) -> None:
        """Take over where the kinematics are."""
        positions, jacobians = self._kinematics.sites_position, self._kinematics.jacobians
        sites, _ = self._shape
        self.clearance = positions.reshape(-1, sites) @ self._normals - self._offsets
        slopes = jacobians.reshape(-1, sites) @ self._normals
        self.slopes = slopes.reshape(*jacobians.shape[:2], -1)

    def bending(self, swept: Array) -> Array:
        """The most that the clearances differ from what the slopes say [m].

        Args:
            swept: how far each joint travels [rad], (..., j).

        Returns:
            1/2 sum_ij M_ij d_i d_j, (..., c).
        """
        return np.asarray(np.square(swept @ self._roots) @ self._weights)

    def worst(self, stop: Stop, rows: "slice | NDArray[np.intp]" = slice(None)) -> Array:
        """The lowest clearances that can occur until the arm has stopped [m], (..., n, c).

        Args:
            stop: the way to standstill; arrays of (..., n, j).
            rows: the simulations it is about.
        """
        slopes = self.slopes[rows]
        # max(-s up, s down) = (|s| d - s shift) / 2
        loss = stop.swept[..., None, :] @ np.abs(slopes) - stop.shift[..., None, :] @ slopes
        return self.clearance[rows] - 0.5 * loss[..., 0, :] - self.bending(stop.swept)

    def gained(self, stop: Stop, rows: "slice | NDArray[np.intp]" = slice(None)) -> Array:
        """How much farther inside the arm is at least, when it has stopped [m], (..., n, c)."""
        shift = stop.shift[..., None, :] @ self.slopes[rows]
        return np.asarray(shift[..., 0, :] - self.bending(stop.swept))

    def lowest(
        self, stop: Stop, speeds: Array, period_s: float, rows: "slice | NDArray[np.intp]"
    ) -> Array:
        """As `worst`, but exact in how joints that move at the same time make up for each other.

        Args:
            stop: the way to standstill; arrays of (..., n, j).
            speeds: velocities at the ends of periods until then [rad/s], (..., n, periods, j).
            period_s: control period [s].
            rows: the simulations it is about.

        Returns:
            (..., n, c).
        """
        rates = speeds @ self.slopes[rows]  # (..., n, periods, c), linear within each period
        before, after = rates[..., :-1, :], rates[..., 1:, :]
        gained = np.add.accumulate((0.5 * period_s) * (before + after), axis=-2)
        least = np.minimum(gained.min(-2), 0.0)
        # Within a period that begins inwards to outwards, the lowest point is where the rate is 0.
        turns = (before < 0) & (after > 0)
        if turns.any():
            dip = 0.5 * period_s * np.square(after) / np.where(turns, after - before, 1.0)
            least = np.minimum(least, np.where(turns, gained - dip, 0.0).min(-2))
        return np.asarray(self.clearance[rows] + least - self.bending(stop.swept))

    def leaves(
        self, stop: Stop, speeds: Array, period_s: float, rows: "slice | NDArray[np.intp]"
    ) -> NDArray[np.bool_]:
        """Whether motions may leave a half-space; those already left must not be left farther.

        Args:
            stop: the ways to standstill, the last one the full brake; arrays of (m, n, j).
            speeds: velocities at the ends of periods until then [rad/s], (m, n, periods, j).
            period_s: control period [s].
            rows: the simulations it is about.

        Returns:
            (m, n).
        """
        lowest = self.lowest(stop, speeds, period_s, rows)
        outside = lowest < -ROUNDING_M
        lost = lowest[-1] < -LOST_M
        if lost.any():
            outside = np.where(lost, self.gained(stop, rows) < 0, outside)
        return np.asarray(outside.any(-1))


def _curvature(levers: Array, sites: list[int]) -> tuple[Array, Array]:
    """M as a sum of squares: M_ij is the sum, over k outward of both, of the lever's decrease at k.

    Args:
        levers: the longest lever of each joint on each site [m], (sites, j).
        sites: site of each plane, c of them.

    Returns:
        Sums over the joints from the base to each k, (j, j), and half the decreases, (j, c).
    """
    decreases = -np.diff(levers, axis=1, append=0.0)  # (sites, j)
    joints = levers.shape[1]
    return np.triu(np.ones((joints, joints))), 0.5 * decreases[sites].T
