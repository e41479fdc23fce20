"""What an action means: from the agent's [-1, 1] to the joint velocities it asks for."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.workspace import Planes
from tasks.arm.task import ActionMode, EndEffectorMotion, JointMotion
from tasks.arrays import Array
from tasks.quantities import Quantity

DAMPING = 1e-3
"""Damping of the inverse kinematics [m^2]: motion fades out below singular values of its root."""
_DAMPED = {rows: DAMPING * np.eye(rows) for rows in range(3, 7)}
UPRIGHT_GAIN = 1.0
"""Share of the hand's tilt that is corrected per control step."""
APPROACH = 0.5
"""Share of the way to a plane of the workspace that fingertips are moved at most per control step:
where the filter has to stop them, the hand is not turned upright either."""
POSTURE_GAIN = 0.05
"""Share of the distance to the home posture that the spare joint makes up per control step."""


_TO_DOWN = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
"""a @ _TO_DOWN is the cross product of a and the downward unit vector."""


class Command(Protocol):
    """Turns actions into joint motion."""

    size: int
    """Number of action components, the gripper's left out."""

    def velocity(self, action: Array, position: Array, drift: Array | None = None) -> Array:
        """Joint velocities asked for [rad/s], (n, j).

        Args:
            action: (n, size), in [-1, 1].
            position: of the joints [rad], (n, j).
            drift: velocity of the tip that is asked for besides [m/s], (n, 3).
        """

    def commanded(self, joints: Sequence[str]) -> list[Quantity]:
        """What each component asks for, given the joints' names."""


def make_command(
    mode: ActionMode,
    kinematics: ArmKinematics,
    planes: Planes,
    home: Array,
    control_hz: float,
) -> Command:
    """The command for an action mode.

    Args:
        mode: what the action means.
        kinematics: the arm's kinematics.
        planes: what the fingertips are kept inside of.
        home: preferred joint positions [rad], (j,).
        control_hz: control rate [Hz].
    """
    if isinstance(mode, JointMotion):
        return JointCommand(mode, len(home), control_hz)
    command = EndEffectorCommand if mode.down else PositionCommand
    return command(mode, kinematics, planes, home, control_hz)


class JointCommand:
    """Each component moves one joint."""

    def __init__(self, mode: JointMotion, joints: int, control_hz: float) -> None:
        self.size = joints
        self._speed = mode.step_rad * control_hz

    def velocity(self, action: Array, position: Array, drift: Array | None = None) -> Array:
        """Full action is `step_rad` per control step; who moves the joints sees to the tip."""
        return action * self._speed

    def commanded(self, joints: Sequence[str]) -> list[Quantity]:
        """Speeds of the joints."""
        return [Quantity(f"speed of {name}", "rad/s", self._speed) for name in joints]


class EndEffectorCommand:
    """Three components move the fingertips, a fourth turns the hand; it keeps pointing down.

    Joint motion follows by damped least squares (Nakamura and Hanafusa 1986); the spare joint of a
    seven-joint arm draws the arm to its home posture without moving the hand. With fewer than six
    joints it turns about the vertical as it has to, to get where it shall pointing down.
    """

    def __init__(
        self,
        mode: EndEffectorMotion,
        kinematics: ArmKinematics,
        planes: Planes,
        home: Array,
        control_hz: float,
    ) -> None:
        self.size = 4 if mode.yaw_step_rad else 3
        self._kinematics, self._planes = kinematics, planes
        self._home = home
        self._approach = APPROACH * control_hz
        self._posture_rate = POSTURE_GAIN * control_hz
        self._rows = twist_rows(len(home))
        # Components to the hand's velocity [m/s] and angular velocity [rad/s].
        self._from_action = np.zeros((self.size, 6))
        self._from_action[:3, :3] = mode.step_m * control_hz * np.eye(3)
        self._from_action[3:, 5] = mode.yaw_step_rad * control_hz
        self._from_tilt = np.zeros((3, 6))
        self._from_tilt[:, 3:] = UPRIGHT_GAIN * control_hz * _TO_DOWN

    def velocity(self, action: Array, position: Array, drift: Array | None = None) -> Array:
        """Full action is `step_m` along each axis, and `yaw_step_rad`, per control step."""
        kinematics, rows = self._kinematics, self._rows
        twist = action @ self._from_action
        self._planes.slow(twist[:, :3], kinematics.tip_position, self._approach)
        twist += kinematics.tip_outward @ self._from_tilt
        if drift is not None:
            twist[:, :3] += drift
        jacobian = np.concatenate((kinematics.tip_jacobian, kinematics.axes), axis=2)
        posture = self._posture_rate * (self._home - position)
        return damped_least_squares(jacobian[..., :rows], twist[:, :rows], posture)

    def commanded(self, joints: Sequence[str]) -> list[Quantity]:
        """The fingertips' speed along the world's axes, and the hand's turn."""
        told = _fingertips(float(self._from_action[0, 0]))
        if self.size == 4:
            turn = float(self._from_action[3, 5])
            told.append(Quantity("turn of the hand about the vertical", "rad/s", turn))
        return told


class PositionCommand:
    """The components move the fingertips; which way the hand points follows.

    For arms that cannot keep their hand pointing down, such as those of five joints. All motion
    that leaves the fingertips where they are draws the arm to its home posture.
    """

    size = 3

    def __init__(
        self,
        mode: EndEffectorMotion,
        kinematics: ArmKinematics,
        planes: Planes,
        home: Array,
        control_hz: float,
    ) -> None:
        self._kinematics, self._planes = kinematics, planes
        self._home = home
        self._approach = APPROACH * control_hz
        self._posture_rate = POSTURE_GAIN * control_hz
        self._speed = mode.step_m * control_hz

    def velocity(self, action: Array, position: Array, drift: Array | None = None) -> Array:
        """Full action is `step_m` along each axis per control step."""
        posture = self._posture_rate * (self._home - position)
        speed = action * self._speed
        self._planes.slow(speed, self._kinematics.tip_position, self._approach)
        if drift is not None:
            speed += drift
        return damped_least_squares(self._kinematics.tip_jacobian, speed, posture)

    def commanded(self, joints: Sequence[str]) -> list[Quantity]:
        """The fingertips' speed along the world's axes."""
        return _fingertips(self._speed)


def _fingertips(speed: float) -> list[Quantity]:
    """What three components ask for that are 1 at this speed [m/s]."""
    return [Quantity(f"speed of the fingertips along {axis}", "m/s", speed) for axis in "xyz"]


def twist_rows(joints: int) -> int:
    """How many of a hand's velocities are asked for while it points down.

    All six, or the first five where an arm has too few joints to turn the hand about the vertical.
    """
    return 6 if joints >= 6 else 5


def damped_least_squares(jacobian: Array, twist: Array, posture: Array) -> Array:
    """Joint velocities that make the hand follow a twist, and otherwise a posture.

    Args:
        jacobian: how each joint moves and turns the hand, (n, j, r) with r from 3 to 6.
        twist: velocity [m/s] and angular velocity [rad/s] of the hand, the first r of both, (n, r).
        posture: velocities that are wanted as far as they do not move the hand [rad/s], (n, j).

    Returns:
        Joint velocities [rad/s], (n, j).
    """
    transposed = jacobian.swapaxes(1, 2)
    damped = transposed @ jacobian + _DAMPED[twist.shape[1]]
    missing = twist[:, :, None] - transposed @ posture[:, :, None]
    return np.asarray(posture + (jacobian @ np.linalg.solve(damped, missing))[..., 0])
