"""The safety filter: no commanded motion leaves the limits, whatever the agent asks for.

The arm is commanded by trajectories of constant joint acceleration over one control period T. A
joint at planned position q and velocity v is given the velocity u it shall have one period later.
With the limits q_low..q_high, V and A, and braking that takes A T off the speed each period, a
joint at speed v needs the distance::

    B(v) = A T^2 / 2 (k^2 + 2 k r + r),   where v = (k + r) A T, k whole and 0 <= r < 1,

to stop. A state is safe if `|v| <= V` and q + B(v) <= q_high (and likewise below). From a safe
state exactly the u in an interval lead to a safe state, and that interval always contains the full
brake, so it is never empty. The idea of keeping the *action space* safe is that of Kiemel and
Kroeger (2021), "Learning robot trajectories subject to kinematic joint constraints", ICRA.

The commanded positions are then averaged over a window of at least 2 A / jerk. An average of
positions within limits is within limits, and so for velocities and accelerations; its jerk is at
most 2 A / window. So the jerk limit is met by construction.

The workspace is kept by the same reasoning on points of the arm: see `Workspace`. These points are
kept inside, not the bodies around them. The hand's speed is kept by proving it for the whole way
to standstill before a motion is commanded: see `HandSpeed`.
"""

from dataclasses import dataclass

import numpy as np

from tasks.arm.robot import MotionLimits
from tasks.arrays import Array


def approach_and_stop(velocity: Array, deceleration_step: Array, period_s: float) -> Array:
    """The signed distance u T / 2 + B(u) that a velocity u at the end of the period costs.

    It is A T^2 / 2 (k + 1) (k + 2 r) with k and r as above, which is one rounding cheaper than B.

    Args:
        velocity: velocities u at the end of the period [rad/s], (..., j).
        deceleration_step: speed that braking takes off per period, A T [rad/s], (j,).
        period_s: control period T [s].

    Returns:
        Distances in the direction of the velocity [rad], (..., j).
    """
    steps = velocity / deceleration_step
    rest, whole = np.modf(steps)
    return np.asarray((0.5 * period_s * deceleration_step) * (np.abs(whole) + 1.0) * (steps + rest))


def stoppable_speed(distance: Array, deceleration_step: Array, period_s: float) -> Array:
    """The highest speed that can be reached within the period and still be stopped in time.

    It is the inverse of `approach_and_stop`, a piecewise linear function.

    Args:
        distance: what is left beyond the v T / 2 that the present speed covers anyway [rad],
            (..., j).
        deceleration_step: A T [rad/s], (j,).
        period_s: T [s].

    Returns:
        Speeds [rad/s], (..., j); 0 where no distance is left.
    """
    scaled = np.maximum(distance, 0.0) * (2.0 / (deceleration_step * period_s))
    whole = np.floor(0.5 * (np.sqrt(1.0 + 4.0 * scaled) - 1.0))
    return np.asarray(deceleration_step * 0.5 * (scaled / (whole + 1.0) + whole))


@dataclass(frozen=True)
class Stop:
    """What joints still do if they are braked after this period."""

    swept: Array
    """Length of the way until they stand still [rad], not less than what they travel, (..., j)."""
    shift: Array
    """Where they come to a stop, relative to where they are now [rad], (..., j)."""

    def __getitem__(self, index: int) -> "Stop":
        """One of several."""
        return Stop(self.swept[index], self.shift[index])


def stop_after(velocity: Array, target: Array, deceleration_step: Array, period_s: float) -> Stop:
    """The way from here to standstill, through a period that ends at the target velocity.

    Args:
        velocity: velocities now [rad/s], (..., j).
        target: velocities at the end of the period [rad/s], (..., j).
        deceleration_step: A T [rad/s], (j,).
        period_s: T [s].
    """
    first = (0.5 * period_s) * velocity
    second = approach_and_stop(target, deceleration_step, period_s)
    return Stop(np.abs(first) + np.abs(second), first + second)


def braking_speeds(velocity: Array, target: Array, deceleration_step: Array, periods: int) -> Array:
    """Velocities at the ends of periods, from now until standstill; in between they are linear.

    Args:
        velocity: velocities now [rad/s], (..., j).
        target: velocities at the end of the period [rad/s], (..., j).
        deceleration_step: A T [rad/s], (j,).
        periods: how many periods braking takes at most.

    Returns:
        Velocities [rad/s], (..., periods + 2, j).
    """
    speeds = np.empty((*target.shape[:-1], periods + 2, target.shape[-1]))
    speeds[..., 0, :] = velocity
    braked = np.abs(target)[..., None, :] - np.arange(periods + 1)[:, None] * deceleration_step
    np.copysign(np.maximum(braked, 0.0), target[..., None, :], out=speeds[..., 1:, :])
    return speeds


@dataclass(frozen=True)
class JointBounds:
    """Limits of each joint, with the margin taken off."""

    low: Array
    """Lowest position [rad], (j,)."""
    high: Array
    """Highest position [rad], (j,)."""
    velocity: Array
    """Highest speed [rad/s], (j,)."""
    acceleration: Array
    """Highest acceleration [rad/s^2], (j,)."""
    window_s: float
    """Shortest averaging window that keeps the jerk limit [s]."""

    @classmethod
    def of(cls, limits: MotionLimits, position_range: Array) -> "JointBounds":
        """The limits with their margin taken off.

        Args:
            limits: published limits.
            position_range: joint ranges [rad], (j, 2).

        Raises:
            ValueError: the model has no range for a joint, or another number of joints.
        """
        if len(position_range) != len(limits.velocity_rad_s):
            raise ValueError(
                f"limits are for {len(limits.velocity_rad_s)} joints, the model has "
                f"{len(position_range)}"
            )
        low, high = position_range.T
        if not (low < high).all():
            raise ValueError(f"the model has no position range for joints {np.where(low >= high)}")
        keep = 1.0 - limits.margin
        slack = 0.5 * limits.margin * (high - low)
        acceleration = keep * np.array(limits.acceleration_rad_s2)
        jerk = keep * np.array(limits.jerk_rad_s3)
        return cls(
            low=low + slack,
            high=high - slack,
            velocity=keep * np.array(limits.velocity_rad_s),
            acceleration=acceleration,
            window_s=float(np.max(2 * acceleration / jerk)),
        )


def full_brake(velocity: Array, deceleration_step: Array) -> Array:
    """The velocity after one period of braking as hard as allowed [rad/s], (..., j)."""
    return np.sign(velocity) * np.maximum(np.abs(velocity) - deceleration_step, 0.0)


def position_interval(
    position: Array, velocity: Array, bounds: JointBounds, period_s: float
) -> tuple[Array, Array]:
    """The velocities that joints may have one period later and still stop within their range.

    Args:
        position: planned joint positions [rad], (n, j), in a safe state.
        velocity: planned joint velocities [rad/s], (n, j).
        bounds: the limits.
        period_s: control period [s].

    Returns:
        Lowest and highest velocities [rad/s], (n, j) each; the full brake lies between them.
    """
    step = bounds.acceleration * period_s
    ahead = position + (0.5 * period_s) * velocity
    below = stoppable_speed(ahead - bounds.low, step, period_s)
    return -below, stoppable_speed(bounds.high - ahead, step, period_s)
