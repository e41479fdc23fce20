"""What tasks of legged robots have in common."""

import dataclasses
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.footing import Footing
from tasks.legged.robot import LeggedRobot
from tasks.mirror import Reflection, of_joints
from tasks.quantities import Quantity
from tasks.task import Task


class LeggedTask(Task):
    """A task for a robot on legs."""

    drive = "robo_ddpg.control.legged:LeggedDrive"
    failed = "fell"
    robot: LeggedRobot
    """The robot."""
    derived = False
    recorded: tuple[str, ...] = ("sensordata",)
    footing: Footing

    def about_robot(self) -> dict[str, Any]:
        """Joints and limits of the robot."""
        return dataclasses.asdict(self.robot)

    @property
    def traced(self) -> tuple[str, ...]:
        """The feet."""
        return self.robot.feet

    @property
    def push_body(self) -> str:
        """The torso."""
        return self.robot.torso

    def bind(self, batch: Batch) -> None:
        """Keep views of positions, velocities and commands, and where the driven joints are."""
        model, joints = batch.model, [batch.model.joint(name) for name in self.robot.joints]
        self.footing = Footing(model, self.robot.foot_geoms, self.records["sensordata"])
        self.qpos, self.qvel, self.ctrl = map(batch.bind, ("qpos", "qvel", "ctrl"))
        self.joint_position = self.qpos[:, _span([joint.qposadr[0] for joint in joints])]
        """Positions of the driven joints [rad], (n, j)."""
        self.joint_velocity = self.qvel[:, _span([joint.dofadr[0] for joint in joints])]
        """Velocities of the driven joints [rad/s], (n, j)."""
        self.home: Array = model.key_qpos[0].copy()
        """Positions in keyframe `home`, (nq,)."""
        self._joint_scale = 0.5 * np.ptp(joint_range(model, self.robot), axis=0)
        self._speed_scale = np.array(self.robot.velocity_rad_s)
        self._posed = mujoco.MjData(model)
        self._previous = np.zeros_like(self.ctrl)
        self.command_change = np.zeros_like(self.ctrl)
        """Change of the commands in the last control step, as a share of their range, (n, nu)."""
        low, high = model.actuator_ctrlrange.T
        self._command_span = high - low

    def put_on_ground(self, index: int) -> None:
        """Lift one simulation's robot so far that nothing of it is in the ground."""
        data = self._posed
        data.qpos[:] = self.qpos[index]
        mujoco.mj_kinematics(self.model, data)
        mujoco.mj_comPos(self.model, data)
        mujoco.mj_collision(self.model, data)
        ground = (self.model.geom_bodyid[data.contact.geom[: data.ncon]] == 0).any(1)
        depth = -data.contact.dist[: data.ncon][ground].min(initial=0.0)
        self.qpos[index, self.robot.upward] += depth

    def action_offset(self) -> Array:
        """The commands that action 0 asks for now, (nu,) or (n, nu)."""
        return np.zeros(len(self.robot.joints))

    def action_scale(self) -> Array:
        """How far action 1 is from action 0, in commands, (nu,)."""
        return np.ones(len(self.robot.joints))

    def started(self, ids: NDArray[np.intp]) -> None:
        """Commands start from what they are at rest."""
        self._previous[ids] = self.ctrl[ids]
        self.command_change[ids] = 0.0

    def advance(self) -> None:
        """Take the change of the commands."""
        np.subtract(self.ctrl, self._previous, out=self.command_change)
        self.command_change /= self._command_span
        self._previous[:] = self.ctrl

    def joints_observed(self) -> dict[str, Array]:
        """Driven joints, scaled by their range and speed limits."""
        home = self.home[-len(self.robot.joints) :]
        return {
            "joint_position": (self.joint_position - home) / self._joint_scale,
            "joint_velocity": self.joint_velocity / self._speed_scale,
        }

    def joints_image(self) -> Reflection | None:
        """How the driven joints look in the mirror; None where one has no counterpart."""
        return of_joints(self.model, self.robot.joints, self.model.key_qpos[0])

    def joints_shown(self) -> dict[str, Quantity]:
        """What `joints_observed` shows."""
        joints, home = ", ".join(self.robot.joints), self.home[-len(self.robot.joints) :]
        return {
            "joint_position": Quantity(f"angles of {joints}", "rad", self._joint_scale, home),
            "joint_velocity": Quantity(f"speeds of {joints}", "rad/s", self._speed_scale),
        }


def joint_range(model: mujoco.MjModel, robot: LeggedRobot) -> Array:
    """Limits of the driven joints [rad], (2, j)."""
    return np.asarray(model.jnt_range[[model.joint(name).id for name in robot.joints]].T)


def _span(addresses: list[int]) -> slice:
    """Consecutive addresses as a slice, which gives a view.

    Raises:
        ValueError: they are not consecutive.
    """
    if addresses != list(range(addresses[0], addresses[0] + len(addresses))):
        raise ValueError(f"driven joints must follow each other in the model, got {addresses}")
    return slice(addresses[0], addresses[-1] + 1)
