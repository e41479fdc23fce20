"""What the safety filter altered, and which limits the simulated robot really broke."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array

REASONS = (
    "non_finite",
    "out_of_range",
    "joint_acceleration",
    "joint_velocity",
    "joint_position",
    "hand_speed",
    "workspace",
    "torque",
)
"""Why an action of an arm may be altered. The size is in the unit of the limit: actions, rad/s^2,
rad/s, rad, m/s, N m; for the workspace it is the share of the motion that was replaced by braking.
Torque is cut off by the actuators, all else by the safety filter."""

VIOLATIONS = ("joint_position", "joint_velocity", "hand_speed", "workspace")
"""Limits that the simulated arm is checked against at every physics step [rad, rad/s, m/s, m]."""


class Ledger:
    """Counts per episode, for n simulations."""

    def __init__(self, nsim: int, reasons: tuple[str, ...], violations: tuple[str, ...]) -> None:
        """Start from nothing.

        Args:
            nsim: number of simulations.
            reasons: why an action may be altered.
            violations: limits that the simulated robot is checked against.
        """
        self.reasons, self.limits = reasons, violations
        self.counts = np.zeros((len(reasons), nsim), np.int64)
        """Control steps altered, per reason and simulation."""
        self.sizes = np.zeros((len(reasons), nsim))
        """Largest alteration, per reason and simulation."""
        self.step = np.zeros((nsim, len(reasons)))
        """Alteration at the last control step, per simulation and reason; 0 for none."""
        self.overshoots = np.zeros((len(violations), nsim))
        """Worst overshoot of the simulated state, per limit and simulation; 0 for none."""

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Start new episodes."""
        self.counts[:, ids] = 0
        self.sizes[:, ids] = 0.0
        self.step[ids] = 0.0
        self.overshoots[:, ids] = 0.0

    def record(self, step: Array, overshoot: Array) -> None:
        """Add one control step.

        Args:
            step: size of the alteration per reason, (reasons, n).
            overshoot: overshoot per limit, negative or 0 for none, (limits, n).
        """
        self.step = step.T
        self.counts += step > 0
        np.maximum(self.sizes, step, out=self.sizes)
        np.maximum(self.overshoots, overshoot, out=self.overshoots)

    def report(self) -> dict[str, dict[str, NDArray[Any]]]:
        """Per reason, how many steps of the episode were altered and the largest alteration."""
        rows = zip(self.reasons, self.counts.copy(), self.sizes.copy(), strict=True)
        return {reason: {"count": count, "size": size} for reason, count, size in rows}

    def violations(self) -> dict[str, Array]:
        """Per limit, the worst overshoot of the episode."""
        return dict(zip(self.limits, self.overshoots.copy(), strict=True))
