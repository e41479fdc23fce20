"""Checks what an arm is commanded to do against its limits, at every physics step."""

from typing import Any

import mujoco
import numpy as np

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
        self._points = Points(simulation)
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


class Points:
    """Where the fingertips are, and how far all points are inside the workspace.

    Each point is turned about the joints it hangs from, the outermost first, as the product of
    exponentials says (Brockett 1984): nothing of it is the filter's own kinematics.
    """

    def __init__(self, simulation: Simulation) -> None:
        """Take joints and points from the model where episodes start.

        Args:
            simulation: whose arm it is.
        """
        arm, model = as_arm(simulation.drive).arm, simulation.task.model
        data = mujoco.MjData(model)
        mujoco.mj_resetDataKeyframe(model, data, 0)
        mujoco.mj_kinematics(model, data)
        joints = [model.joint(name) for name in arm.joints]
        self._start = np.array([data.qpos[joint.qposadr[0]] for joint in joints])
        self._anchors = data.xanchor[[joint.id for joint in joints], :, None]
        self._turns = np.cross(data.xaxis[[joint.id for joint in joints], None], np.eye(3)).mT
        self._planes = [
            (plane.site, np.array(plane.normal), plane.offset_m) for plane in arm.workspace
        ]
        self._tip = arm.tip
        self._sites = {
            name: (data.site(name).xpos.copy(), self._moving(model, name, joints))
            for name in {arm.tip, *(plane.site for plane in arm.workspace)}
        }
        self.tip = np.zeros((0, 0, 3))
        self.clearance = np.zeros((0, 0))

    def at(self, positions: Array) -> "Points":
        """The points for joint positions [rad], (rows, steps, j)."""
        angles = positions.reshape(-1, positions.shape[-1]).T - self._start[:, None]
        shares = np.sin(angles), 1.0 - np.cos(angles)
        found = {name: self._turned(*site, *shares) for name, site in self._sites.items()}
        clearances = [normal @ found[site] - offset for site, normal, offset in self._planes]
        self.clearance = np.min(clearances, axis=0).reshape(positions.shape[:2])
        self.tip = found[self._tip].T.reshape(*positions.shape[:2], 3)
        return self

    def _turned(self, start: Array, joints: list[int], sines: Array, rests: Array) -> Array:
        """A point that was somewhere [m], (3,), turned about joints, (3, rows)."""
        point = start[:, None]
        for joint in reversed(joints):
            turn, arm = self._turns[joint], point - self._anchors[joint]
            across = turn @ arm
            point = point + sines[joint] * across + rests[joint] * (turn @ across)
        return point

    @staticmethod
    def _moving(model: mujoco.MjModel, site: str, joints: list[Any]) -> list[int]:
        """Which of the joints a site hangs from."""
        body, bodies = int(model.site(site).bodyid[0]), set()
        while body:
            bodies.add(body)
            body = int(model.body_parentid[body])
        return [j for j, joint in enumerate(joints) if int(model.jnt_bodyid[joint.id]) in bodies]
