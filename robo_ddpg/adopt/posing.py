"""Many poses of an arm at once: where its tip gets to, and by which joint positions."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.control.arm.action_modes import damped_least_squares, twist_rows
from robo_ddpg.control.arm.kinematics import ArmKinematics
from tasks.arm.described.cell import arm_of
from tasks.arm.described.description import Robot
from tasks.arm.described.mounting import model_at_table
from tasks.arrays import Array, Mask

MARGIN = 0.05
"""Share of the joints' ranges that poses keep free, half of it at each end."""
STEP_RAD = 0.15
"""Farthest that joints move in a step [rad]."""
STEPS = 48
"""Of a way."""
CLOSE_M, UPRIGHT = 0.004, 0.02
"""How near the tip must come [m], and how far from pointing down it may be [sine]."""
POSTURE = 0.02
"""Share of the distance to the preferred posture that spare motion makes up per step."""
_TO_DOWN = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
"""a @ _TO_DOWN is the cross product of a and the downward unit vector."""


@dataclass(frozen=True)
class Ends:
    """Where ways ended, k of them."""

    pose: Array
    """Joint positions [rad], (k, j)."""
    reached: Mask
    """Whether the tip got there, (k,)."""


class Poser:
    """The arm of a robot at the table, without physics."""

    def __init__(self, robot: Robot, count: int) -> None:
        """Build it.

        Args:
            robot: the robot.
            count: poses at once, k.
        """
        self.model: mujoco.MjModel = model_at_table(robot)
        arm = arm_of(robot)
        self.sites = [plane.site for plane in arm.workspace if plane.site != arm.tip]
        self._heights = np.array([point.height_m for point in robot.clearance])
        self.kinematics = ArmKinematics(self.model, count, arm, self.sites)
        ranges = self.model.jnt_range[[self.model.joint(name).id for name in arm.joints]]
        slack = 0.5 * MARGIN * (ranges[:, 1] - ranges[:, 0])
        self.low, self.high = ranges[:, 0] + slack, ranges[:, 1] - slack
        self.count = count

    def place(self, pose: Array) -> Array:
        """Where the tips are at joint positions, (k, j) -> (k, 3) [m]."""
        self.kinematics.update(pose)
        return np.array(self.kinematics.sites_position[:, self.kinematics.tip])

    def random(self, rng: np.random.Generator) -> Array:
        """Joint positions anywhere within the limits, (k, j)."""
        return rng.uniform(self.low, self.high, (self.count, len(self.low)))

    def clear(self) -> Mask:
        """Whether all points that have to are above the table, at the present poses, (k,)."""
        found = [self.kinematics.sites.index(site) for site in self.sites]
        heights = self.kinematics.sites_position[:, found, 2]
        return np.asarray((heights > self._heights + 0.01).all(1))

    def tilt(self) -> Array:
        """Sine of the angle between the hands and straight down, 1 from level upwards, (k,)."""
        out = self.kinematics.tip_outward
        sine = np.hypot(out[:, 0], out[:, 1])
        return np.where(out[:, 2] < 0, sine, 1.0)

    def lead(self, start: Array, target: Array, *, down: bool, steps: int = STEPS) -> Ends:
        """Lead the tips straight to targets, as the end-effector actions would.

        Args:
            start: joint positions [rad], (k, j); spare motion returns to them.
            target: points [m], (k, 3).
            down: whether the hands have to point down.
            steps: of each way; half of them are spent at its end.
        """
        pose = np.array(start)
        origin = self.place(pose)
        for step in range(1, steps + 1):
            goal = origin + min(1.0, 2.0 * step / steps) * (target - origin)
            pose = np.clip(pose + self._change(pose, start, goal, down), self.low, self.high)
            self.place(pose)
        away = np.linalg.norm(
            self.kinematics.sites_position[:, self.kinematics.tip] - target, axis=1
        )
        reached = (away < CLOSE_M) & self.clear()
        return Ends(pose, reached & (self.tilt() < UPRIGHT) if down else reached)

    def _change(self, pose: Array, start: Array, goal: Array, down: bool) -> Array:
        kinematics = self.kinematics
        twist = goal - kinematics.sites_position[:, kinematics.tip]
        jacobian = kinematics.tip_jacobian
        if down:
            rows = twist_rows(len(self.low))
            turn = 0.5 * kinematics.tip_outward @ _TO_DOWN
            twist = np.concatenate((twist, turn), axis=1)[:, :rows]
            jacobian = np.concatenate((jacobian, kinematics.axes), axis=2)[..., :rows]
        change = damped_least_squares(jacobian, twist, POSTURE * (start - pose))
        largest = np.abs(change).max(1, keepdims=True)
        return np.asarray(change * np.minimum(1.0, STEP_RAD / np.maximum(largest, 1e-9)))

    def rates(self, pose: Array) -> Array:
        """How fast joints turn for each speed of the tip along x, y, z, with the hand held.

        Args:
            pose: joint positions [rad], (j,).

        Returns:
            [rad/m], (3, j).
        """
        self.place(np.tile(pose, (self.count, 1)))
        rows, kinematics = twist_rows(len(self.low)), self.kinematics
        jacobian = np.concatenate((kinematics.tip_jacobian, kinematics.axes), axis=2)[:1, :, :rows]
        twists = np.eye(3, rows)
        return damped_least_squares(np.repeat(jacobian, 3, 0), twists, np.zeros((3, len(pose))))

    def ease(self) -> Array:
        """How well the tips can be moved: the least singular value of their Jacobians, (k,)."""
        return np.asarray(np.linalg.svd(self.kinematics.tip_jacobian, compute_uv=False)[:, -1])
