"""Checks what an arm is commanded to do against its limits, at every physics step."""

import copy

import mujoco
import numpy as np
from mujoco.batch import Batch

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.envs.simulation import Simulation
from tasks.arrays import Array

LIMITS = (
    "joint_position",
    "joint_velocity",
    "joint_acceleration",
    "joint_jerk",
    "hand_speed",
    "workspace",
)
"""Limits of the commanded motion."""
RELATIVE = 1e-9
"""Overshoots above this share of the limit are violations; of 1 m for the workspace."""


class CommandCheck:
    """Differentiates the commanded set-points and compares them with the limits."""

    def __init__(self, simulation: Simulation) -> None:
        """Prepare the limits.

        Args:
            simulation: whose commands are checked.
        """
        arm, motion = as_arm(simulation.drive).arm, as_arm(simulation.drive).motion
        self._motion = motion
        self._timestep, substeps = simulation.task.settings.timestep_s, simulation.task.substeps
        keep = 1.0 - arm.limits.margin
        bounds, jerk = motion.bounds, keep * np.array(arm.limits.jerk_rad_s3)
        # Of all physics steps side by side: long rows are much faster to work on.
        self._low, self._high = np.tile(bounds.low, substeps), np.tile(bounds.high, substeps)
        self._largest = np.maximum(np.abs(self._low), np.abs(self._high))
        limits = (bounds.velocity, bounds.acceleration, jerk)
        self._derivatives = [np.tile(limit, substeps) for limit in limits]
        self._hand_speed = keep * arm.limits.hand_speed_m_s
        self._points = _Points(simulation)
        self._history = np.empty((simulation.nsim, 0, len(jerk)))
        self.steps = 0
        """Control steps checked."""
        self.counts = np.zeros(len(LIMITS), int)
        """Control steps with a violation, per limit."""
        self.overshoots = np.full(len(LIMITS), -np.inf)
        """Worst overshoot relative to the limit, per limit; negative where it was kept."""

    def restart(self) -> None:
        """All arms stand still now."""
        self._history = np.repeat(self._motion.position[:, None], 3, axis=1)

    def add(self) -> None:
        """Check the set-points of the last control step."""
        path = np.concatenate([self._history, self._motion.setpoints], axis=1)
        self._history = path[:, -3:].copy()
        self.steps += len(path)
        rows, joints = path.reshape(len(path), -1), path.shape[2]
        now = rows[:, 3 * joints :]
        self._count(0, np.maximum(now - self._high, self._low - now) / self._largest)
        change = rows
        for i, limit in enumerate(self._derivatives, start=1):
            change = (change[:, joints:] - change[:, :-joints]) * (1.0 / self._timestep)
            self._count(i, np.abs(change[:, (3 - i) * joints :]) / limit - 1.0)
        points = self._points.at(path[:, 2:])
        speed = np.linalg.norm(np.diff(points.tip, axis=1), axis=-1) / self._timestep
        self._count(4, speed / self._hand_speed - 1.0)
        self._count(5, -points.clearance[:, 1:])

    def _count(self, limit: int, overshoot: Array) -> None:
        worst = overshoot.max(1)
        self.counts[limit] += int((worst > RELATIVE).sum())
        self.overshoots[limit] = max(self.overshoots[limit], float(worst.max()))


class _Points:
    """Where the fingertips are, and how far all points are inside the workspace."""

    def __init__(self, simulation: Simulation) -> None:
        arm, model = as_arm(simulation.drive).arm, copy.copy(simulation.task.model)
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
        self._substeps = simulation.task.substeps + 1
        self._batch = Batch(model, simulation.nsim * self._substeps, 1)
        self._batch.reset(keyframe=0)
        self._qpos = self._batch.bind("qpos")
        self._sites = self._batch.bind("site_xpos")
        self._joints = [int(model.joint(name).qposadr[0]) for name in arm.joints]
        self._tip = model.site(arm.tip).id
        self._planes = [
            (model.site(plane.site).id, np.array(plane.normal), plane.offset_m)
            for plane in arm.workspace
        ]
        self.tip = np.zeros((0, self._substeps, 3))
        self.clearance = np.zeros((0, self._substeps))

    def at(self, positions: Array) -> "_Points":
        """The points for joint positions [rad], (rows, substeps + 1, j)."""
        rows, used = positions.shape[0], positions.shape[0] * self._substeps
        self._qpos[:used, self._joints] = positions.reshape(used, -1)
        self._batch.forward(stage=mujoco.mjtStage.mjSTAGE_POS.value)
        self.tip = self._sites[:used, self._tip].reshape(rows, self._substeps, 3)
        clearances = [
            self._sites[:used, site] @ normal - offset for site, normal, offset in self._planes
        ]
        self.clearance = np.min(clearances, axis=0).reshape(rows, self._substeps)
        return self
