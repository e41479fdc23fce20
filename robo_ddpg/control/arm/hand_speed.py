"""Keeping the hand's speed, together with every joint's brake.

From planned positions q, the next velocities and the brake after them, joint j is at q_j + x_j(t)
at time t, has travelled a way of d_j(t) and moves at u_j(t). With J the Jacobian of the fingertips
at q and H its derivative there, they then move at a speed of at most::

    |(J + H x(t)) u(t)| + 1/2 sum_ijk M_ijk d_i(t) d_j(t) |u_k(t)|,

because the third derivative of their position by joints i, j and k is at most M_ijk, the longest
lever of the outermost of the three. Within a control period u_j is linear and x_j quadratic in
time, so the vector is a cubic, and nowhere longer than the longest of its Bernstein coefficients.
The same goes for the sum, once d^2 has given way to the quadratic of squared coefficients above it.

A motion is allowed if this proves the speed on the whole way to standstill. Braking then needs no
proof of its own: it is the rest of a way that was proven before, to begin with that of standing
still. So hand speed is kept for ever, like all else.

Commanded positions are averages over a window w. The fingertips' speed there is above the average
of their speeds, for which the limit holds, by at most::

    w^2 / 12 (sum_ij M_ij V_i A_j + 1/2 sum_ijk M_ijk V_i V_j V_k)

at joint speeds up to V and accelerations up to A, because within the window positions and
velocities deviate from their averages by at most V w / sqrt(12) and A w / sqrt(12) in the root mean
square. The limit is lowered by that.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.braking import JointBounds, Stop
from tasks.arrays import Array, Mask, norm


class HandSpeed:
    """The highest speed of the fingertips until the arm stands still."""

    def __init__(
        self, kinematics: ArmKinematics, limit_m_s: float, bounds: JointBounds, window_s: float
    ) -> None:
        """Lower the limit by what averaging may add.

        Args:
            kinematics: the arm's kinematics.
            limit_m_s: highest speed of the commanded motion [m/s].
            bounds: limits of the joints.
            window_s: what commanded positions are averaged over [s].
        """
        self._kinematics = kinematics
        levers = kinematics.levers[kinematics.tip]
        # M_ij and M_ijk are the sum, over m outward of them all, of the lever's decrease at m.
        self._sums = np.triu(np.ones((len(levers), len(levers))))
        self._decreases = -np.diff(levers, append=0.0)
        speeds, accelerations = bounds.velocity @ self._sums, bounds.acceleration @ self._sums
        added = (speeds * accelerations + 0.5 * speeds**3) @ self._decreases
        self.limit = limit_m_s - window_s**2 / 12.0 * float(added)
        """Highest speed of the planned motion [m/s]."""
        if self.limit <= 0:
            raise ValueError(
                f"a hand speed of {limit_m_s} m/s is too low to be guaranteed at these joint "
                f"limits; raise it above {limit_m_s - self.limit:.3f} m/s or lower them"
            )

    def excess(
        self,
        stop: Stop,
        speeds: Array,
        period_s: float,
        rows: "slice | NDArray[np.intp]" = slice(None),
        among: "Mask | bool" = True,
    ) -> Array:
        """How far above the limit the speed might come, 0 or less if it is sure to be kept.

        Args:
            stop: the way to standstill; arrays of (..., n, j).
            speeds: velocities at the ends of periods until then [rad/s], (..., n, periods, j).
            period_s: control period [s].
            rows: the simulations it is about.
            among: which are looked at more closely than by a quick bound, (..., n).

        Returns:
            Speeds [m/s], (..., n).
        """
        out = self.roughly(stop, speeds, rows) - self.limit
        doubtful = np.nonzero((out > 0) & among)
        if len(doubtful[-1]):
            simulations = np.arange(len(self._kinematics.axes))[rows][doubtful[-1]]
            out[doubtful] = self.highest(speeds[doubtful], period_s, simulations) - self.limit
        return np.asarray(out)

    def roughly(
        self, stop: Stop, speeds: Array, rows: "slice | NDArray[np.intp]" = slice(None)
    ) -> Array:
        """A quick bound: `|J u| + sum_ij M_ij d_i |u_j|`, each at its largest [m/s], (..., n)."""
        hand = speeds @ self._kinematics.tip_jacobian[rows]
        fastest = np.maximum(np.abs(speeds[..., 0, :]), np.abs(speeds[..., 1, :]))
        bent = ((stop.swept @ self._sums) * (fastest @ self._sums)) @ self._decreases
        return np.asarray(np.sqrt(np.square(hand).sum(-1).max(-1)) + bent)

    def highest(self, speeds: Array, period_s: float, rows: NDArray[np.intp]) -> Array:
        """The bound that is explained above.

        Args:
            speeds: velocities at the ends of periods until standstill [rad/s], (k, periods, j).
            period_s: control period [s].
            rows: the simulations they are of, (k,).

        Returns:
            Speeds [m/s], (k,).
        """
        jacobian = self._kinematics.tip_jacobian[rows]
        hessian = self._kinematics.tip_hessian(rows)  # (k, j, j, 3)
        way = _way(speeds, period_s)
        turned = (way @ hessian.reshape(*hessian.shape[:2], -1)).reshape(*way.shape, 3)
        turned += jacobian[:, None]
        hand = _product(_apply, speeds, turned)
        swept = np.abs(speeds) @ self._sums
        bent = _product(np.multiply, swept, 0.5 * np.square(_way(swept, period_s)))
        later = norm(hand) + bent @ self._decreases  # (3, k, periods - 1)
        now = norm(_apply(speeds[:, 0], jacobian))
        return np.asarray(np.maximum(now, later.max((0, -1))))


def _way(speeds: Array, period_s: float) -> Array:
    """Bernstein coefficients of how far speeds lead within each period, (3, k, periods - 1, j).

    Args:
        speeds: at the ends of periods, linear in between, (k, periods, j).
        period_s: control period [s].
    """
    half = 0.5 * period_s * speeds
    before, after = half[:, :-1], half[:, 1:]
    way = np.empty((3, *before.shape))
    start, middle, end = way
    np.add.accumulate(before + after, axis=1, out=end)
    np.subtract(end, after, out=middle)
    np.subtract(middle, before, out=start)
    return way


def _product(multiply: Callable[[Array, Array], Array], speeds: Array, quadratic: Array) -> Array:
    """All but the first Bernstein coefficients of linear times quadratic, within each period.

    The first one is the last one of the period before.

    Args:
        multiply: how their values are multiplied.
        speeds: values of the linear one at the ends of periods, (k, periods, j).
        quadratic: coefficients of the other one, (3, k, periods - 1, j, ...).

    Returns:
        (3, k, periods - 1, ...).
    """
    before, after = speeds[:, :-1], speeds[:, 1:]
    early, late = multiply(before, quadratic[1:]), multiply(after, quadratic)
    late[0] = (2.0 * early[0] + late[0]) / 3.0
    late[1] = (early[1] + 2.0 * late[1]) / 3.0
    return late


def _apply(speeds: Array, jacobians: Array) -> Array:
    """How joint speeds, (..., j), move the hand by Jacobians, (..., j, 3)."""
    return np.asarray((speeds[..., None, :] @ jacobians)[..., 0, :])
