"""Driving an arm: the action moves the fingertips or the joints, and the gripper."""

from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.control.arm import monitor, motion
from robo_ddpg.control.arm.action_modes import make_command
from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.monitor import Monitor
from robo_ddpg.control.arm.motion import ArmMotion, Timing
from robo_ddpg.control.drive import Drive, root_mean_square
from robo_ddpg.control.interventions import Interventions
from tasks.arm.robot import Arm
from tasks.arm.task import ActionMode, ArmTask
from tasks.arrays import Array, Mask, as_slice, clip
from tasks.quantities import Measure, Quantity

MANY = 32
"""Simulations from which sharing the kinematics among threads costs less than it saves."""

TORQUE = "torque"
"""Why the actuators themselves cut an action off; its size is in N m."""


class ArmDrive(Drive):
    """Actions of an arm, through kinematics and safety filter, to its position actuators."""

    arm: Arm
    """The arm."""
    mode: ActionMode
    """What the action means."""
    reasons = (*motion.REASONS, TORQUE)
    limits = tuple(monitor.LIMITS)

    def __init__(self, task: ArmTask, batch: Batch, threads: int) -> None:
        """Build kinematics, filter and monitor.

        Args:
            task: an arm's task.
            batch: its simulations.
            threads: threads for the kinematics; 0 for one per core.
        """
        super().__init__(task, batch, threads)
        model, n = task.model, batch.nsim
        self.arm, self.mode = task.arm, task.action
        timing = Timing(task.settings.control_hz, task.substeps)
        sites = sorted({plane.site for plane in task.arm.workspace} - {task.arm.tip})
        threads = threads if n >= MANY else 1
        self.kinematics = ArmKinematics(model, n, task.arm, sites, threads)
        enforced = task.settings.safety
        self.motion = ArmMotion(model, self.kinematics, task.arm, timing, n, enforced=enforced)
        self._joint_qpos = _qpos_ids(model, task.arm.joints)
        home = model.key_qpos[0, self._joint_qpos]
        planes = self.motion.workspace.planes_of(self.kinematics.tip)
        self._command = make_command(task.action, self.kinematics, planes, home, timing.control_hz)
        self._monitor = Monitor(model, task.arm, self.states)
        self.records |= self._monitor.records
        self._gripper = int(task.action.gripper)
        self.action_size = self._command.size + self._gripper
        self.requested: Array = np.zeros((n, len(task.arm.joints)))
        """Joint velocities that the last actions requested [rad/s], (n, j)."""
        self.opening: Array = np.zeros((n, len(task.arm.fingers)))
        """How far the fingers are told to be open [m], (n, f)."""
        self._bind(task, batch)

    @property
    def planned_velocity(self) -> Array | None:
        """Joint velocities planned at the end of the control step [rad/s], (n, j)."""
        return self.motion.velocity

    def efforts(self) -> dict[str, Array]:
        """Joint speeds requested and planned [rad/s], (n,) each."""
        speeds = {"requested_rad_s": self.requested, "applied_rad_s": self.motion.velocity}
        return {name: root_mean_square(values) for name, values in speeds.items()}

    def measured(self) -> dict[str, Measure]:
        """What efforts and limits are."""
        return {
            "requested_rad_s": Measure("requested joint speed", "rad/s"),
            "applied_rad_s": Measure("applied joint speed", "rad/s"),
            **monitor.LIMITS,
        }

    def commanded(self) -> list[Quantity]:
        """Motion of the fingertips or joints, and how far each finger shall be open."""
        told = self._command.commanded(self.arm.joints)
        if self._gripper:
            half = self.arm.finger_travel_m / 2
            told.append(Quantity("opening of each finger", "m", half, half))
        return told

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Stand still where the arm is."""
        self.motion.reset(ids, self._qpos[ids][:, self._joint_qpos])
        self._monitor.reset(ids)
        self.opening[ids] = self._openings()[ids]
        self._ctrl[ids, self._joint_actuators] = self.motion.position[ids]
        fingers = self._finger_positions(self.opening[ids])
        self._ctrl[ids, self.finger_actuators] = fingers
        self.controls[ids, :, self.finger_actuators] = fingers[:, None]

    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        """Write `controls`."""
        self.kinematics.update(self.motion.position)
        drift = self._move_fingers(action[:, -1:]) if self._gripper else None
        moves = action[:, : self._command.size]
        wanted = self._command.velocity(moves, self.motion.position, drift)
        if finite is not None:
            wanted[~finite] = 0.0
        self.requested = wanted
        target = self.motion.filter(wanted, interventions.altered)
        self.controls[:, :, self._joint_actuators] = self.motion.advance(target)

    def brake(self, interventions: Interventions) -> None:
        """Write `controls` that bring the arm to a stop, the fingers going on as they were."""
        self.kinematics.update(self.motion.position)
        self.requested = np.zeros_like(self.requested)
        target = self.motion.filter(self.requested, interventions.altered)
        self.controls[:, :, self._joint_actuators] = self.motion.advance(target)
        fingers = self._finger_positions(self.opening)
        self.controls[:, :, self.finger_actuators] = fingers[:, None]

    def check_limits(self, interventions: Interventions) -> None:
        """Add what the torque limits cut off, and compare the arm with its other limits."""
        interventions.altered[TORQUE][:] = self._monitor.torque_excess()
        self._monitor.measure(interventions.overshoot)

    def _move_fingers(self, action: Array) -> Array | None:
        """All fingers have the same target, as one motor drives them.

        Returns:
            Velocity of the tip that keeps the point between the pads where it is while one jaw
            moves [m/s], (n, 3); None where two move alike.
        """
        target = 0.5 * (action + 1.0) * self.arm.finger_travel_m
        target = clip(target, self.opening - self._finger_step, self.opening + self._finger_step)
        opening = np.add.reduce(self._openings(), 1, keepdims=True) / len(self._closed)
        target = clip(target, opening - self._lead, opening + self._lead)
        ramp = self.opening[:, None] + self._ramp * (target - self.opening)[:, None]
        self.controls[:, :, self.finger_actuators] = self._finger_positions(ramp)
        opened, self.opening = target - self.opening, np.asarray(target)
        if not self._drift_per_m:
            return None
        drift = self._drift_per_m * opened.mean(1, keepdims=True)
        return np.asarray(drift * self.kinematics.tip_closing)

    def _openings(self) -> Array:
        """How far each finger is open [m], (n, f)."""
        return np.asarray((self._qpos[:, self._finger_qpos] - self._closed) / self._per_m)

    def _finger_positions(self, opening: Array) -> Array:
        """Positions of the fingers' joints, (..., f), that open them so far [m], (..., f)."""
        return np.asarray(self._closed + self._per_m * opening)

    def _bind(self, task: ArmTask, batch: Batch) -> None:
        """Views of the batch, and where the arm's joints and fingers are in them."""
        model, arm = task.model, task.arm
        self._qpos, self._ctrl = batch.bind("qpos"), batch.bind("ctrl")
        self._joint_actuators = _actuators(model, arm.joints)
        self.finger_actuators = _actuators(model, arm.fingers)
        self._finger_qpos = _qpos_ids(model, arm.fingers)
        self._closed, open_ = np.array(arm.finger_ends).reshape(-1, 2).T
        self._per_m = (open_ - self._closed) / (arm.finger_travel_m or 1.0)
        self._finger_step = arm.finger_speed_m_s / task.settings.control_hz
        self._lead = arm.finger_lead_m
        self._drift_per_m = -arm.grip_shift * task.settings.control_hz
        self._ramp: Array = np.arange(1, task.substeps + 1)[:, None] / task.substeps


def as_arm(drive: Drive) -> ArmDrive:
    """A drive that is known to be that of an arm.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(drive, ArmDrive):
        raise TypeError(f"expected the drive of an arm, got {type(drive).__name__}")
    return drive


def _actuators(model: mujoco.MjModel, names: tuple[str, ...]) -> Any:
    return as_slice(np.array([model.actuator(name).id for name in names], np.intp))


def _qpos_ids(model: mujoco.MjModel, joints: tuple[str, ...]) -> Any:
    return as_slice(np.array([model.joint(name).qposadr[0] for name in joints], np.intp))
