"""Driving legs: actions are torques or joint positions, limited in range, rate and torque."""

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.control.drive import Drive, root_mean_square
from robo_ddpg.control.interventions import Interventions
from robo_ddpg.model_fields import model_values
from tasks.arrays import Array, Mask
from tasks.legged.task import LeggedTask, joint_range
from tasks.quantities import Measure, Quantity


class LeggedDrive(Drive):
    """Actions of a legged robot, limited in range and rate, to its actuators."""

    reasons = ("command_rate", "torque")
    """Sizes are in 1/s of the greatest torque or rad/s, and N m."""
    limits = ("joint_position", "joint_velocity")
    """In rad and rad/s."""

    def __init__(self, task: LeggedTask, batch: Batch, threads: int) -> None:
        """Resolve limits.

        Args:
            task: a legged robot's task.
            batch: its simulations.
            threads: not needed.
        """
        super().__init__(task, batch, threads)
        model, robot, n = task.model, task.robot, batch.nsim
        actuators = [model.actuator(name).id for name in robot.joints]
        if actuators != list(range(model.nu)):
            raise ValueError(f"actuators must be those of {robot.joints} in this order")
        self.action_size = model.nu
        self._enforced = task.settings.safety
        self._offset, self._scale = task.action_offset, task.action_scale()
        self._times: Array = np.arange(1, task.substeps + 1)[:, None] * model.opt.timestep
        self._steps = self._times * robot.command_rate  # (substeps, nu)
        self._ctrl = batch.bind("ctrl")
        self._home = model.key_ctrl[0]
        low, high = model.actuator_ctrlrange.T
        self._lowest, self._highest = low, high
        self._requested: Array = np.zeros((n, model.nu))
        self._start: Array = np.zeros((n, model.nu))
        self._servo = Servo(batch) if robot.kind == "position" else None
        first = model.joint(robot.joints[0])
        self._positions = slice(first.qposadr[0], first.qposadr[0] + model.nu)
        start = model.nq + first.dofadr[0]
        self._velocities = slice(start, start + model.nu)
        self._low, self._high = joint_range(model, robot)
        self._speed = np.array(robot.velocity_rad_s)
        self._joints, self._torque = robot.joints, robot.torque_nm

    @property
    def planned_velocity(self) -> Array | None:
        """Velocities of the commanded positions [rad/s], (n, j); None for torques."""
        if self._servo is None:
            return None
        return np.asarray((self.controls[:, -1] - self._start) / self._times[-1])

    def efforts(self) -> dict[str, Array]:
        """Changes of the commands per control step, requested and applied, (n,) each."""
        requested = self._requested - self._start
        applied = self.controls[:, -1] - self._start
        unit = "share" if self._servo is None else "rad"
        return {
            f"requested_{unit}": root_mean_square(requested),
            f"applied_{unit}": root_mean_square(applied),
        }

    def measured(self) -> dict[str, Measure]:
        """What efforts and limits are."""
        suffix, unit = ("share", "") if self._servo is None else ("rad", "rad")
        change = "change of the commands"
        return {
            f"requested_{suffix}": Measure(f"requested {change}", unit),
            f"applied_{suffix}": Measure(f"applied {change}", unit),
            "joint_position": Measure("joint position", "rad"),
            "joint_velocity": Measure("joint velocity", "rad/s"),
        }

    def commanded(self) -> list[Quantity]:
        """Torques, or joint angles from those of the gait at this time."""
        if self._servo is None:
            return [
                Quantity(f"torque of {name}", "N m", torque)
                for name, torque in zip(self._joints, self._torque, strict=True)
            ]
        return [
            Quantity(f"angle of {name} from that of the gait now", "rad", float(one))
            for name, one in zip(self._joints, self._scale, strict=True)
        ]

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Commands start as in keyframe `home`."""
        self._ctrl[ids] = self._home
        self.controls[ids] = self._home

    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        """Write `controls`: commands approach what is requested as fast as they may.

        An action that is not a number requests what action 0 does.
        """
        np.multiply(action, self._scale, out=self._requested)
        self._requested += self._offset()
        np.clip(self._requested, self._lowest, self._highest, out=self._requested)
        self._start[:] = self._ctrl
        change = self._requested - self._start
        if not self._enforced:
            self.controls[:] = self._requested[:, None]
            return
        np.minimum(change[:, None], self._steps, out=self.controls)
        np.maximum(self.controls, -self._steps, out=self.controls)
        missing = np.abs(change - self.controls[:, -1]).max(1)
        self.controls += self._start[:, None]
        interventions.altered["command_rate"][:] = missing / self._times[-1]

    def check_limits(self, interventions: Interventions) -> None:
        """Add what the torque limits cut off, and compare the joints with their limits."""
        positions = self.states[:, :, self._positions]
        velocities = self.states[:, :, self._velocities]
        if self._servo is not None:
            excess = self._servo.excess(self.controls, positions, velocities)
            interventions.altered["torque"][:] = excess
        outside = np.maximum(positions.max(1) - self._high, self._low - positions.min(1))
        too_fast = np.abs(velocities).max(1) - self._speed
        outside.max(1, out=interventions.overshoot["joint_position"])
        too_fast.max(1, out=interventions.overshoot["joint_velocity"])


class Servo:
    """The torque that position servos request."""

    def __init__(self, batch: Batch) -> None:
        """Belong to simulations whose actuators are all servos, of a strength of their own."""
        self._batch = batch

    def excess(self, command: Array, position: Array, velocity: Array) -> Array:
        """How far the greatest torque requested is beyond its limit [N m], 0 if within, (n,).

        Args:
            command: positions requested [rad], (n, substeps, j).
            position: joint positions after each physics step [rad], (n, substeps, j).
            velocity: joint velocities likewise [rad/s], (n, substeps, j).
        """
        stiffness = model_values(self._batch, "actuator_gainprm")[:, None, :, 0]
        damping = -model_values(self._batch, "actuator_biasprm")[:, None, :, 2]
        most = model_values(self._batch, "actuator_forcerange")[:, None, :, 1]
        torque = stiffness * (command - position) - damping * velocity
        beyond: Array = (np.abs(torque) - most).max((1, 2))
        return np.maximum(beyond, 0.0)
