"""Driving legs: actions are torques or joint positions, limited in range, rate and torque."""

from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.control.drive import root_mean_square
from robo_ddpg.model_fields import model_values
from tasks.arrays import Array, Mask
from tasks.legged.task import LeggedTask, joint_range

REASONS = ("non_finite", "out_of_range", "command_rate", "torque")
"""Why an action may be altered. The size is in the unit of the limit: actions, 1/s of the greatest
torque or rad/s, N m."""
VIOLATIONS = ("joint_position", "joint_velocity")
"""Limits that the simulated robot is checked against at every physics step [rad, rad/s]."""

_STATE = int(mujoco.mjtState.mjSTATE_QPOS | mujoco.mjtState.mjSTATE_QVEL)


class LeggedDrive:
    """Actions of a legged robot, limited in range and rate, to its actuators."""

    reasons: tuple[str, ...] = REASONS
    violations: tuple[str, ...] = VIOLATIONS

    def __init__(self, task: LeggedTask, batch: Batch) -> None:
        """Resolve limits.

        Args:
            task: a legged robot's task.
            batch: its simulations.
        """
        model, robot, n = task.model, task.robot, batch.nsim
        actuators = [model.actuator(name).id for name in robot.joints]
        if actuators != list(range(model.nu)):
            raise ValueError(f"actuators must be those of {robot.joints} in this order")
        self.action_size = model.nu
        self._enforced = task.settings.safety
        self._rest, self._reach = task.action_offset, task.action_scale()
        self._times: Array = np.arange(1, task.substeps + 1)[:, None] * model.opt.timestep
        self._steps = self._times * robot.command_rate  # (substeps, nu)
        self._ctrl = batch.bind("ctrl")
        self._home = model.key_ctrl[0]
        low, high = model.actuator_ctrlrange.T
        self._lowest, self._highest = low, high
        self._asked: Array = np.zeros((n, model.nu))
        self._start: Array = np.zeros((n, model.nu))
        self.controls: Array = np.zeros((n, task.substeps, model.nu))
        self.states: Array = np.zeros((n, task.substeps, model.nq + model.nv))
        self.records: dict[str | int, Any] = {_STATE: self.states}
        self._servo = Servo(batch) if robot.kind == "position" else None
        first = model.joint(robot.joints[0])
        self._positions = slice(first.qposadr[0], first.qposadr[0] + model.nu)
        start = model.nq + first.dofadr[0]
        self._velocities = slice(start, start + model.nu)
        self._low, self._high = joint_range(model, robot)
        self._speed = np.array(robot.velocity_rad_s)

    @property
    def planned_velocity(self) -> Array | None:
        """Velocities of the commanded positions [rad/s], (n, j); None for torques."""
        if self._servo is None:
            return None
        return np.asarray((self.controls[:, -1] - self._start) / self._times[-1])

    def efforts(self) -> dict[str, Array]:
        """Changes of the commands per control step, asked for and carried out, (n,) each."""
        asked, moved = self._asked - self._start, self.controls[:, -1] - self._start
        unit = "share" if self._servo is None else "rad"
        return {
            f"requested_{unit}": root_mean_square(asked),
            f"applied_{unit}": root_mean_square(moved),
        }

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Commands start as in keyframe `home`."""
        self._ctrl[ids] = self._home
        self.controls[ids] = self._home

    def command(self, action: Array, finite: Mask | None, alteration: Array) -> None:
        """Write `controls`: commands approach what is asked for as fast as they may.

        An action that is not a number asks for the command at rest.
        """
        np.multiply(action, self._reach, out=self._asked)
        self._asked += self._rest()
        np.clip(self._asked, self._lowest, self._highest, out=self._asked)
        self._start[:] = self._ctrl
        change = self._asked - self._start
        if not self._enforced:
            self.controls[:] = self._asked[:, None]
            return
        np.minimum(change[:, None], self._steps, out=self.controls)
        np.maximum(self.controls, -self._steps, out=self.controls)
        missing = np.abs(change - self.controls[:, -1]).max(1)
        self.controls += self._start[:, None]
        alteration[2] = missing / self._times[-1]

    def review(self, alteration: Array) -> Array:
        """Add what the torque limits cut off, and compare the joints with their limits."""
        positions = self.states[:, :, self._positions]
        velocities = self.states[:, :, self._velocities]
        if self._servo is not None:
            alteration[3] = self._servo.excess(self.controls, positions, velocities)
        out = np.empty((2, len(positions)))
        outside = np.maximum(positions.max(1) - self._high, self._low - positions.min(1))
        outside.max(1, out=out[0])
        (np.abs(velocities).max(1) - self._speed).max(1, out=out[1])
        return out


class Servo:
    """The torque that position servos ask for."""

    def __init__(self, batch: Batch) -> None:
        """Belong to simulations whose actuators are all servos, of a strength of their own."""
        self._batch = batch

    def excess(self, command: Array, position: Array, velocity: Array) -> Array:
        """How far the greatest torque asked for is beyond its limit [N m], 0 if within, (n,).

        Args:
            command: positions asked for [rad], (n, substeps, j).
            position: joint positions after each physics step [rad], (n, substeps, j).
            velocity: joint velocities likewise [rad/s], (n, substeps, j).
        """
        stiffness = model_values(self._batch, "actuator_gainprm")[:, None, :, 0]
        damping = -model_values(self._batch, "actuator_biasprm")[:, None, :, 2]
        most = model_values(self._batch, "actuator_forcerange")[:, None, :, 1]
        torque = stiffness * (command - position) - damping * velocity
        beyond: Array = (np.abs(torque) - most).max((1, 2))
        return np.maximum(beyond, 0.0)
