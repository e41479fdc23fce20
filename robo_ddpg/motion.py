"""The planned motion of the arm: filtered, smoothed, and handed to the actuators."""

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.kinematics import ArmKinematics
from robo_ddpg.ledger import REASONS
from robo_ddpg.safety import JointBounds, full_brake, velocity_intervals
from robo_ddpg.workspace import SHARES, Workspace, travel
from tasks.robots import Arm

Array = NDArray[np.float64]

SMOOTHING_S = 0.02
"""Shortest window that positions are averaged over [s]; the jerk limit may ask for more."""

_REASON = {name: i for i, name in enumerate(REASONS)}
_JOINT_REASONS = slice(_REASON["joint_acceleration"], _REASON["joint_position"] + 1)


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
        self.position = np.zeros((nsim, len(joints)))
        """Planned joint positions [rad]."""
        self.velocity = np.zeros((nsim, len(joints)))
        """Planned joint velocities [rad/s]."""
        self._acceleration = np.zeros((nsim, len(joints)))
        self._period = timing.period_s
        self._step = self.bounds.acceleration * timing.period_s
        self._units = np.array([[1.0 / timing.period_s], [1.0], [timing.period_s]])
        self._enforced = enforced
        self._hand_speed = arm.limits.hand_speed_m_s * (1.0 - arm.limits.margin)
        self._workspace = Workspace(kinematics, arm.workspace)
        actuators = [model.actuator(name).id for name in arm.joints]
        stiffness = model.actuator_gainprm[actuators, 0]
        self._lead = -model.actuator_biasprm[actuators, 2] / stiffness
        window = max(SMOOTHING_S, self.bounds.window_s)
        self._positions, self._velocities = _coefficients(timing, window)

    def reset(self, ids: NDArray[np.intp], position: Array) -> None:
        """Plan to stand still.

        Args:
            ids: simulations, (k,).
            position: their joint positions [rad], (k, j).
        """
        self.position[ids] = np.clip(position, self.bounds.low, self.bounds.high)
        self.velocity[ids] = 0.0
        self._acceleration[ids] = 0.0

    def filter(self, wanted: Array, ledger: Array) -> Array:
        """The nearest safe motion.

        Args:
            wanted: joint velocities that are asked for at the end of the period [rad/s], (n, j).
            ledger: alteration per reason, (n, reasons); what is altered here is written into it.

        Returns:
            Joint velocities at the end of the period [rad/s], (n, j).
        """
        if not self._enforced:
            return wanted
        return self._keep_workspace(self._keep_joints(wanted, ledger), ledger)

    def advance(self, target: Array) -> Array:
        """Carry the plan one control period further.

        Args:
            target: joint velocities at the end of the period [rad/s], (n, j).

        Returns:
            Commands for the position actuators at each physics step [rad], (n, substeps, j). They
            lead the positions by what the actuators' damping would hold back.
        """
        acceleration = (target - self.velocity) / self._period
        basis = np.stack(
            [self.position, self.velocity, self._acceleration, acceleration], axis=1
        )  # (n, 4, j)
        commands = self._positions @ basis + (self._velocities @ basis) * self._lead
        self.position += 0.5 * self._period * (self.velocity + target)
        self.velocity = target
        self._acceleration = acceleration
        return np.asarray(commands)

    def _keep_joints(self, wanted: Array, ledger: Array) -> Array:
        intervals = velocity_intervals(self.position, self.velocity, self.bounds, self._period)
        steps = [wanted]
        for low, high in (intervals.acceleration, intervals.velocity, intervals.position):
            steps.append(np.minimum(np.maximum(steps[-1], low), high))
        altered = np.abs(np.diff(steps, axis=0)).max(2)  # (3, n)
        ledger[:, _JOINT_REASONS] = (altered * self._units).T
        return steps[-1]

    def _keep_workspace(self, wanted: Array, ledger: Array) -> Array:
        clearance, slopes = self._workspace.clearance(), self._workspace.slopes()
        jacobian = self.kinematics.jacobians[:, :, 0]
        outside = self._leaves(wanted, self.velocity, clearance, slopes)
        fast = self._hand_speeds(wanted, jacobian) > self._hand_speed
        ids = np.flatnonzero(outside | fast)
        if not len(ids):
            return wanted
        brake = full_brake(self.velocity[ids], self._step)
        tried = brake + SHARES[:, None, None] * (wanted[ids] - brake)  # (shares, k, j)
        leaves = self._leaves(tried, self.velocity[ids], clearance[ids], slopes[ids])
        too_fast = self._hand_speeds(tried, jacobian[ids]) > self._hand_speed
        leaves[-1] = too_fast[-1] = False
        best = np.argmin(leaves | too_fast, axis=0)
        excess = self._hand_speeds(wanted[ids], jacobian[ids]) - self._hand_speed
        ledger[ids, _REASON["workspace"]] = (1.0 - SHARES[best]) * outside[ids]
        ledger[ids, _REASON["hand_speed"]] = np.maximum(excess, 0.0)
        safe = wanted.copy()
        safe[ids] = tried[best, np.arange(len(ids))]
        return safe

    def _leaves(
        self, target: Array, velocity: Array, clearance: Array, slopes: Array
    ) -> NDArray[np.bool_]:
        up, down = travel(velocity, target, self._step, self._period)
        worst = self._workspace.worst(clearance, slopes, up, down)
        return np.asarray((worst < 0).any(-1))

    def _hand_speeds(self, velocity: Array, jacobian: Array) -> Array:
        hand = (velocity[..., None, :] @ jacobian)[..., 0, :]
        return np.asarray(np.sqrt(np.square(hand).sum(-1)))


def _coefficients(timing: Timing, window_s: float) -> tuple[Array, Array]:
    """How set-points follow from position, velocity, last and present acceleration.

    A set-point is the average of the planned motion over the window before it.

    Returns:
        Coefficients of positions and of velocities, (substeps, 4) each.

    Raises:
        ValueError: the window is longer than a control period.
    """
    dt = timing.period_s / timing.substeps
    samples = max(1, math.ceil(window_s / dt - 1e-9))
    if samples > timing.substeps:
        raise ValueError(
            f"the jerk limit needs {window_s:.3f} s of smoothing, more than the control period of "
            f"{timing.period_s:.3f} s; lower the control rate or raise the jerk limit"
        )
    ends = np.arange(1, timing.substeps + 1)
    times = dt * (ends[:, None] - np.arange(samples))  # (substeps, samples)
    past, ahead = np.minimum(times, 0.0), np.maximum(times, 0.0)
    one = np.ones_like(times)
    positions = np.stack([one, times, 0.5 * past**2, 0.5 * ahead**2], -1).mean(1)
    velocities = np.stack([0 * one, one, past, ahead], -1).mean(1)
    return positions, velocities
