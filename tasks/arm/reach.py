"""Reach: bring the fingertips to a random point and keep them there."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arm.described.cell import cell_of
from tasks.arm.described.reading import read_robot
from tasks.arm.learning import REACH
from tasks.arm.scene import add_table_contacts
from tasks.arm.task import ActionMode, ArmSettings, ArmTask, EndEffectorMotion
from tasks.arm.workcell import PANDA_CELL
from tasks.arrays import Array, Generators, Mask, norm
from tasks.commands import Command
from tasks.described.reading import written
from tasks.goals import PointGoalTask, goal_commanded
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness, tolerance
from tasks.scene import add_marker
from tasks.steering import Steering, goal_steering
from tasks.task import OfRobot

GOAL_BOX = ("goal_low_m", "goal_high_m")
"""Settings that a robot has values of its own for."""
STILL_M_S = 0.3
"""Fingertip speed at which the reward for keeping still is down to a tenth [m/s]."""


@dataclass(frozen=True)
class ReachSettings(ArmSettings):
    """Settings of `reach`."""

    tolerance_m: float = 0.02
    """Success: the fingertips are this close to the goal [m]."""
    hold_s: float = 0.25
    """Success: they have been for at least this long [s]."""
    goal_low_m: tuple[float, float, float] = (0.30, -0.30, 0.05)
    """Lower corner of the box that goals are drawn from [m]."""
    goal_high_m: tuple[float, float, float] = (0.60, 0.30, 0.45)
    """Upper corner of the box that goals are drawn from [m]."""
    start_noise_rad: float = 0.05
    """Standard deviation of the joints' initial positions around `home` [rad]."""
    robot: OfRobot = ""
    """What `robo-ddpg adopt` wrote about another arm: the file, or its content; empty for the
    Panda."""

    def __post_init__(self) -> None:
        """Check what `ArmSettings` checks, and the goal box."""
        super().__post_init__()
        if not np.all(np.less(self.goal_low_m, self.goal_high_m)):
            raise ValueError(f"goal_low_m must lie below goal_high_m, got {self}")
        if self.tolerance_m <= 0 or self.hold_s < 0:
            raise ValueError(f"tolerance_m must be positive, hold_s non-negative, got {self}")


class Reach(ArmTask, PointGoalTask):
    """Bring the fingertips of the arm to a random point in the air and hold them there."""

    name = "reach"
    solved = "held at the goal"
    demonstrator = "tasks.arm.reach_demonstrator:ReachDemonstrator"
    learning = REACH
    weights = {"near": 0.4, "on_goal": 0.5, "still": 0.1}  # noqa: RUF012 - never changed
    achieved = "tip"

    settings: ReachSettings

    def __init__(self, robot: str = "", **settings: Any) -> None:
        described = read_robot(robot) if robot else None
        self.cell = cell_of(described) if described else PANDA_CELL
        """Where the arm stands."""
        if self.cell.goals:
            settings = dict(zip(GOAL_BOX, self.cell.goals, strict=True)) | settings
        super().__init__(ReachSettings(**settings, robot=written(described) if described else ""))
        self.arm, self.view = self.cell.arm, self.cell.view

    @property
    def action(self) -> ActionMode:
        """As for all arms; the hand points down where the arm can do so."""
        mode = super().action
        if isinstance(mode, EndEffectorMotion):
            return dataclasses.replace(mode, down=self.cell.down)
        return mode

    def build(self) -> mujoco.MjSpec:
        """The table, the arm and the goal marker."""
        spec = self.cell.scene(self.settings.timestep_s)
        add_table_contacts(spec, self.cell.touching)
        add_marker(spec, "goal", self.settings.tolerance_m)
        return spec

    def bind(self, batch: Batch) -> None:
        """Keep views of the fingertips, the joints and the goal."""
        joints = [batch.model.joint(name) for name in self.arm.joints]
        site = batch.model.site(self.arm.tip).id
        self._tip = batch.bind("site_xpos")[:, site]
        self._qpos = batch.bind("qpos")
        self._qvel = batch.bind("qvel")
        self._joints = slice(joints[0].qposadr[0], joints[-1].qposadr[0] + 1)
        self._dofs = slice(joints[0].dofadr[0], joints[-1].dofadr[0] + 1)
        self._fingers = [batch.model.joint(name).qposadr[0] for name in self.arm.fingers]
        self._goal = batch.bind("mocap_pos")[:, 0]
        low, high = np.array([joint.range for joint in joints]).T
        self._middle, self._half = (low + high) / 2, (high - low) / 2
        self._max_velocity = np.array(self.arm.limits.velocity_rad_s)
        self._previous_tip = np.zeros((batch.nsim, 3))
        self._speed = np.zeros((batch.nsim, 3))
        self._held = np.zeros(batch.nsim, int)
        self.distance = np.zeros(batch.nsim)
        self._hold_steps = max(1, round(self.settings.hold_s * self.settings.control_hz))

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start near `home`, with a goal drawn uniformly from the goal box."""
        low, high = self.settings.goal_low_m, self.settings.goal_high_m
        for i, rng in zip(ids, rngs, strict=True):
            self._goal[i] = rng.uniform(low, high)
            noise = rng.normal(0.0, self.settings.start_noise_rad, len(self._middle))
            self._qpos[i, self._joints] += noise
            self._qpos[i, self._fingers] = self.cell.fingers_m
        self._held[ids] = 0

    def started(self, ids: NDArray[np.intp]) -> None:
        """The fingertips are at rest where the episode starts."""
        self._previous_tip[ids] = self._tip[ids]
        self._speed[ids] = 0.0

    def advance(self) -> None:
        """Take the fingertips' velocity, and count how long they have been on the goal."""
        self._speed = (self._tip - self._previous_tip) * self.settings.control_hz
        self._previous_tip[:] = self._tip
        self.distance = norm(self._goal - self._tip)
        self._held = np.where(self.on_goal(self.distance), self._held + 1, 0)

    def on_goal(self, distance: Array) -> Mask:
        """Whether fingertips at a distance from the goal [m] have reached it."""
        return np.asarray(distance < self.settings.tolerance_m)

    def observe(self) -> dict[str, Array]:
        """Fingertips, goal, their difference (coarse and fine), motion, joints."""
        return {
            "tip": self.view.position(self._tip),
            **self.view.goal(self._goal, self._tip),
            "tip_velocity": self._speed,
            "joint_position": (self._qpos[:, self._joints] - self._middle) / self._half,
            "joint_velocity": self._qvel[:, self._dofs] / self._max_velocity,
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        joints = ", ".join(self.arm.joints)
        return {
            "tip": self.view.position_shown("fingertips"),
            **self.view.goal_shown("fingertips"),
            "tip_velocity": Quantity("velocity of the fingertips over the last period", "m/s"),
            "joint_position": Quantity(f"angles of {joints}", "rad", self._half, self._middle),
            "joint_velocity": Quantity(f"speeds of {joints}", "rad/s", self._max_velocity),
        }

    def steering(self) -> Steering:
        """Where the fingertips should be, within the box that goals are drawn from."""
        low, high = self.settings.goal_low_m, self.settings.goal_high_m
        return goal_steering(low, high, self._goal, self._tip)

    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """`near` and `on_goal` draw the fingertips to the goal, `still` keeps them from shaking."""
        on_goal = closeness(distance, 0.03)
        return {
            "near": closeness(distance, 0.3),
            "on_goal": on_goal,
            "still": on_goal * tolerance(info[..., 0], margin=STILL_M_S),
        }

    def reward_info(self) -> Array:
        """The fingertips' speed [m/s], (n, 1)."""
        return norm(self._speed)[:, None]

    def success(self) -> Mask:
        """On the goal, and has been for the holding time."""
        return self._held >= self._hold_steps

    def metrics(self) -> dict[str, Array]:
        """Distance between fingertips and goal."""
        return {"distance_m": self.distance.copy()}

    def commands(self) -> dict[str, Array]:
        """The goal."""
        return {"goal": self._goal.copy()}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        return goal_commanded(self.settings.tolerance_m)

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"distance_m": Measure("distance to the goal", "m")}
