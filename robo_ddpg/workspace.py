"""Keeping points of the arm inside half-spaces, together with every joint's brake.

From planned positions q, the next velocities u and braking afterwards, joint j travels at most
`up_j` upwards and `down_j` downwards. A site p with Jacobian G then stays on the inner side n of
its plane if

    n.p - offset - sum_j max(-n.G_j up_j, n.G_j down_j, 0) - 1/2 (sum_j sqrt(r_j) (up_j + down_j))^2 >= 0

because the second derivative of p by two joints is at most the smaller of their longest levers r.
Along the brake the left side never falls, so once it is non-negative the brake keeps the point
inside: between the brake and what the agent wants there is always a motion that does too.
"""

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.kinematics import ArmKinematics
from robo_ddpg.safety import braking_distance
from tasks.robots import HalfSpace

Array = NDArray[np.float64]

SHARES = np.array([0.8, 0.6, 0.4, 0.2, 0.0])
"""Shares of the wanted motion that are tried, the rest being braking."""


class Workspace:
    """The half-spaces of an arm."""

    def __init__(self, kinematics: ArmKinematics, planes: tuple[HalfSpace, ...]) -> None:
        """Resolve the sites' names.

        Args:
            kinematics: knows the sites of all planes.
            planes: the half-spaces, c of them.
        """
        self._kinematics = kinematics
        index = [kinematics.sites.index(plane.site) for plane in planes]
        normals = np.zeros((len(kinematics.sites), 3, len(planes)))
        for c, plane in enumerate(planes):
            normals[index[c], :, c] = plane.normal
        self._normals = normals.reshape(-1, len(planes))  # (sites * 3, c)
        self._offsets = np.array([plane.offset_m for plane in planes])
        self._roots = np.sqrt(kinematics.levers[index]).T  # (j, c)

    def clearance(self) -> Array:
        """Distance of each site from its plane at the planned positions [m], (n, c)."""
        positions = self._kinematics.sites_position
        return np.asarray(positions.reshape(len(positions), -1) @ self._normals - self._offsets)

    def slopes(self) -> Array:
        """How each joint changes the clearances [m/rad], (n, j, c)."""
        jacobians = self._kinematics.jacobians
        return np.asarray(jacobians.reshape(*jacobians.shape[:2], -1) @ self._normals)

    def worst(self, clearance: Array, slopes: Array, up: Array, down: Array) -> Array:
        """The lowest clearance that can occur during a step and the brake after it [m].

        Args:
            clearance: present clearances [m], (n, c).
            slopes: how joints change them [m/rad], (n, j, c).
            up: the joints' travel upwards [rad], (..., n, j).
            down: the joints' travel downwards [rad], non-negative, (..., n, j).

        Returns:
            (..., n, c).
        """
        loss = np.maximum(-slopes * up[..., None], slopes * down[..., None])
        curve = (up + down) @ self._roots
        return np.asarray(clearance - np.maximum(loss, 0.0).sum(-2) - 0.5 * np.square(curve))


def travel(
    velocity: Array, target: Array, deceleration_step: Array, period_s: float
) -> tuple[Array, Array]:
    """How far joints travel up and down during one period and the brake after it.

    Args:
        velocity: velocities now [rad/s], (n, j).
        target: velocities at the end of the period [rad/s], (n, j).
        deceleration_step: A T [rad/s], (j,).
        period_s: T [s].

    Returns:
        Distances up and down [rad], non-negative, (n, j) each.
    """
    half = 0.5 * period_s
    stop = braking_distance(np.abs(target), deceleration_step, period_s)
    up = half * np.maximum(velocity, 0.0) + np.where(target > 0, half * target + stop, 0.0)
    down = half * np.maximum(-velocity, 0.0) + np.where(target < 0, stop - half * target, 0.0)
    return up, down
