"""The planned motion of the arm: filtered, smoothed, and handed to the actuators."""

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.control.arm.hand_speed import HandSpeed
from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.workspace import ROUNDING_M, Workspace
from robo_ddpg.control.braking import (
    JointBounds,
    Stop,
    braking_speeds,
    full_brake,
    position_interval,
    stop_after,
)
from tasks.arm.robot import Arm
from tasks.arrays import Array, clip

SMOOTHING_S = 0.02
"""Shortest window that positions are averaged over [s]; the jerk limit may ask for more."""

SHARES = np.array([1.0, 0.8, 0.6, 0.4, 0.2, 0.0])
"""Shares of the wanted motion that are tried, the rest being braking."""

JOINT_REASONS = ("joint_acceleration", "joint_velocity", "joint_position")
"""The limits of joints, in the order in which they are enforced [rad/s^2, rad/s, rad]."""
HAND_SPEED, WORKSPACE = "hand_speed", "workspace"
"""The other limits; sizes are in m/s, and the share of the motion replaced by braking."""
REASONS = (*JOINT_REASONS, HAND_SPEED, WORKSPACE)
"""Why the filter may alter a motion."""


@dataclass(frozen=True)
class Timing:
    """How control steps divide into physics steps."""

    control_hz: float
    """Control steps per second [Hz]."""
    substeps: int
    """Physics steps per control step."""

    @property
    def period_s(self) -> float:
        """Control period [s]."""
        return 1.0 / self.control_hz

    @property
    def timestep_s(self) -> float:
        """Physics time step [s]."""
        return self.period_s / self.substeps


class ArmMotion:
    """The arm's planned positions and velocities, for n simulations."""

    def __init__(
        self,
        model: mujoco.MjModel,
        kinematics: ArmKinematics,
        arm: Arm,
        timing: Timing,
        nsim: int,
        *,
        enforced: bool,
    ) -> None:
        """Prepare the limits and the set-point coefficients.

        Args:
            model: model with the arm and its actuators.
            kinematics: the arm's kinematics.
            arm: the arm.
            timing: control and physics rates.
            nsim: number of simulations.
            enforced: whether the limits are enforced.
        """
        joints = [model.joint(name).id for name in arm.joints]
        self.bounds = JointBounds.of(arm.limits, model.jnt_range[joints])
        self.kinematics = kinematics
        # Position, velocity, last and present acceleration, as `_coefficients` expects them.
        self._plan = np.zeros((nsim, 4, len(joints)))
        self.position, self.velocity = self._plan[:, 0], self._plan[:, 1]
        self._last_acceleration, self._acceleration = self._plan[:, 2], self._plan[:, 3]
        self._steps = np.zeros((4, nsim, len(joints)))
        self._period = timing.period_s
        self._step = self.bounds.acceleration * timing.period_s
        self._braking_periods = math.ceil(np.max(self.bounds.velocity / self._step))
        self._middle = 0.5 * (self.bounds.low + self.bounds.high)
        self._half = 0.5 * (self.bounds.high - self.bounds.low)
        self._units = (1.0 / timing.period_s, 1.0, timing.period_s)
        self._enforced = enforced
        window = max(SMOOTHING_S, self.bounds.window_s)
        samples = _samples(timing, window)
        self._positions, self._velocities = _coefficients(timing, samples)
        averaged_s = samples * timing.timestep_s
        self.workspace = Workspace(
            kinematics,
            arm.workspace,
            self.bounds.velocity * averaged_s,
            arm.limits.workspace_margin_m,
        )
        hand_speed = arm.limits.hand_speed_m_s * (1.0 - arm.limits.margin)
        self._hand_speed = HandSpeed(kinematics, hand_speed, self.bounds, averaged_s)
        actuators = [model.actuator(name).id for name in arm.joints]
        stiffness = model.actuator_gainprm[actuators, 0]
        self._lead = -model.actuator_biasprm[actuators, 2] / stiffness
        self.setpoints = np.zeros((nsim, timing.substeps, len(joints)))
        """Smoothed positions at the last period's physics steps [rad], (n, substeps, j)."""
        self.speeds = np.zeros_like(self.setpoints)
        """Their velocities [rad/s], likewise."""

    position: Array
    """Planned joint positions [rad], (n, j)."""
    velocity: Array
    """Planned joint velocities [rad/s], (n, j)."""

    def reset(self, ids: NDArray[np.intp], position: Array) -> None:
        """Plan to stand still.

        Args:
            ids: simulations, (k,).
            position: their joint positions [rad], (k, j).
        """
        self._plan[ids] = 0.0
        self.position[ids] = np.clip(position, self.bounds.low, self.bounds.high)

    def filter(self, wanted: Array, altered: dict[str, Array]) -> Array:
        """The nearest safe motion.

        Args:
            wanted: joint velocities that are asked for at the end of the period [rad/s], (n, j).
            altered: reason -> size of the alteration, (n,); what is altered here is written into
                those of `REASONS`.

        Returns:
            Joint velocities at the end of the period [rad/s], (n, j).
        """
        if not self._enforced:
            return wanted
        target, stop = self._keep_joints(wanted, altered)
        return self._keep_space(target, stop, altered)

    def advance(self, target: Array) -> Array:
        """Carry the plan one control period further.

        Args:
            target: joint velocities at the end of the period [rad/s], (n, j).

        Returns:
            Commands for the position actuators at each physics step [rad], (n, substeps, j). They
            lead the set-points by what the actuators' damping would hold back.
        """
        change = target - self.velocity
        np.divide(change, self._period, out=self._acceleration)
        np.matmul(self._positions, self._plan, out=self.setpoints)
        np.matmul(self._velocities, self._plan, out=self.speeds)
        commands: Array = self.speeds * self._lead
        commands += self.setpoints
        self.position += (self.velocity + target) * (0.5 * self._period)
        self.velocity[:] = target
        self._last_acceleration[:] = self._acceleration
        return commands

    def _keep_joints(self, wanted: Array, altered: dict[str, Array]) -> tuple[Array, Stop]:
        """Clip to one limit after the other; intervals overlap, so the last one keeps them all.

        Joints that change speed too fast are slowed down together: the hand keeps its direction.
        """
        steps, velocity, bounds = self._steps, self.velocity, self.bounds
        steps[0] = wanted
        change = wanted - velocity
        excess = (np.abs(change) / self._step).max(1, keepdims=True)
        # Written so that what is within the limit stays the same to the bit, and is not counted.
        np.subtract(wanted, change * (1.0 - 1.0 / np.maximum(excess, 1.0)), out=steps[1])
        clip(steps[1], -bounds.velocity, bounds.velocity, out=steps[2])
        steps[3] = steps[2]
        stop = stop_after(velocity, steps[3], self._step, self._period)
        beyond = np.abs(self.position + stop.shift - self._middle) - self._half
        if beyond.max() > 0:
            low, high = position_interval(self.position, velocity, bounds, self._period)
            clip(steps[2], low, high, out=steps[3])
            stop = stop_after(velocity, steps[3], self._step, self._period)
        sizes = np.abs(steps[1:] - steps[:-1]).max(2)  # (3, n)
        for reason, size, unit in zip(JOINT_REASONS, sizes, self._units, strict=True):
            np.multiply(size, unit, out=altered[reason])
        return steps[3], stop

    def _keep_space(self, wanted: Array, stop: Stop, altered: dict[str, Array]) -> Array:
        """Keep workspace and hand speed."""
        self.workspace.update()
        outside = self.workspace.worst(stop).min(1) < -ROUNDING_M
        speeds = braking_speeds(self.velocity, wanted, self._step, self._braking_periods)
        excess = self._hand_speed.excess(stop, speeds, self._period, among=~outside)
        ids = (outside | (excess > 0)).nonzero()[0]
        if not len(ids):
            return wanted
        target = wanted.copy()
        target[ids], shares, left, fast = self._toward_brake(wanted[ids], ids)
        altered[WORKSPACE][ids] = (1.0 - shares) * left
        altered[HAND_SPEED][ids] = np.where(left, 0.0, np.maximum(fast, 0.0))
        return target

    def _toward_brake(
        self, wanted: Array, ids: NDArray[np.intp]
    ) -> tuple[Array, Array, NDArray[np.bool_], Array]:
        """The largest share of a motion, the rest being braking, that keeps workspace and speed.

        Args:
            wanted: velocities within the joints' limits [rad/s], (k, j).
            ids: the simulations they are for, (k,).

        Returns:
            Velocities [rad/s], (k, j), the shares, (k,), whether the workspace asked for it, and
            otherwise how far above its limit the hand's speed was [m/s].
        """
        velocity = self.velocity[ids]
        brake = full_brake(velocity, self._step)
        tried = brake + SHARES[:, None, None] * (wanted - brake)  # (shares, k, j)
        stops = stop_after(velocity, tried, self._step, self._period)
        speeds = braking_speeds(velocity, tried, self._step, self._braking_periods)
        leaves = self.workspace.leaves(stops, speeds, self._period, ids)
        excess = self._hand_speed.excess(stops, speeds, self._period, ids, ~leaves)
        refused = leaves | (excess > 0)
        refused[-1] = False
        best = refused.argmin(0)
        return tried[best, np.arange(len(ids))], SHARES[best], leaves[0], excess[0]


def _samples(timing: Timing, window_s: float) -> int:
    """How many physics steps set-points are averaged over.

    Raises:
        ValueError: the window is longer than a control period.
    """
    samples = max(1, math.ceil(window_s / timing.timestep_s - 1e-9))
    if samples > timing.substeps:
        raise ValueError(
            f"the jerk limit needs {window_s:.3f} s of smoothing, more than the control period of "
            f"{timing.period_s:.3f} s; lower the control rate or raise the jerk limit"
        )
    return samples


def _coefficients(timing: Timing, samples: int) -> tuple[Array, Array]:
    """How set-points follow from position, velocity, last and present acceleration.

    A set-point is the average of the planned motion at the latest physics steps.

    Args:
        timing: control and physics rates.
        samples: how many physics steps are averaged.

    Returns:
        Coefficients of positions and of velocities, (substeps, 4) each.
    """
    ends = np.arange(1, timing.substeps + 1)
    times = timing.timestep_s * (ends[:, None] - np.arange(samples))  # (substeps, samples)
    past, ahead = np.minimum(times, 0.0), np.maximum(times, 0.0)
    one = np.ones_like(times)
    positions = np.stack([one, times, 0.5 * past**2, 0.5 * ahead**2], -1).mean(1)
    velocities = np.stack([0 * one, one, past, ahead], -1).mean(1)
    return positions, velocities
