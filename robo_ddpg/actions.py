"""What an action means: from the agent's [-1, 1] to the joint velocities it asks for."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.kinematics import ArmKinematics, cross
from tasks.task import ActionMode, EndEffectorMotion, JointMotion

Array = NDArray[np.float64]

DAMPING = 1e-3
"""Damping of the inverse kinematics [m^2]: motion fades out below singular values of its root."""
UPRIGHT_GAIN = 0.3
"""Share of the hand's tilt that is corrected per control step."""
POSTURE_GAIN = 0.05
"""Share of the distance to the home posture that the spare joint makes up per control step."""


_DOWN = np.array([0.0, 0.0, -1.0])
_IDENTITY = np.eye(6)


class Command(Protocol):
    """Turns actions into joint motion."""

    size: int
    """Number of action components, the gripper's left out."""

    def velocity(self, action: Array, position: Array) -> Array:
        """Joint velocities asked for [rad/s], (n, j), from actions (n, size) in [-1, 1]."""


def make_command(
    mode: ActionMode, kinematics: ArmKinematics, home: Array, control_hz: float
) -> Command:
    """The command for an action mode.

    Args:
        mode: what the action means.
        kinematics: the arm's kinematics.
        home: preferred joint positions [rad], (j,).
        control_hz: control rate [Hz].
    """
    if isinstance(mode, EndEffectorMotion):
        return EndEffectorCommand(mode, kinematics, home, control_hz)
    return JointCommand(mode, len(home), control_hz)


class JointCommand:
    """Each component moves one joint."""

    def __init__(self, mode: JointMotion, joints: int, control_hz: float) -> None:
        self.size = joints
        self._speed = mode.step_rad * control_hz

    def velocity(self, action: Array, position: Array) -> Array:
        """Full action is `step_rad` per control step."""
        return action * self._speed


class EndEffectorCommand:
    """Three components move the fingertips, a fourth turns the hand; it keeps pointing down.

    Joint motion follows by damped least squares (Nakamura and Hanafusa 1986); the spare joint of a
    seven-joint arm draws the arm to its home posture without moving the hand.
    """

    def __init__(
        self, mode: EndEffectorMotion, kinematics: ArmKinematics, home: Array, control_hz: float
    ) -> None:
        self.size = 4 if mode.yaw_step_rad else 3
        self._mode = mode
        self._kinematics = kinematics
        self._home = home
        self._hz = control_hz

    def velocity(self, action: Array, position: Array) -> Array:
        """Full action is `step_m` along each axis, and `yaw_step_rad`, per control step."""
        twist = np.empty((len(action), 6))
        twist[:, :3] = action[:, :3] * self._mode.step_m
        twist[:, 3:] = self._turn(action)
        jacobian = np.concatenate(
            [self._kinematics.jacobians[:, :, 0], self._kinematics.axes], axis=2
        )
        posture = POSTURE_GAIN * (self._home - position)
        return self._hz * damped_least_squares(jacobian, twist, posture)

    def _turn(self, action: Array) -> Array:
        """Rotation vector that turns the hand's z axis down and follows the yaw component."""
        turn = UPRIGHT_GAIN * cross(self._kinematics.tip_outward, _DOWN)
        if self._mode.yaw_step_rad:
            turn[:, 2] += action[:, 3] * self._mode.yaw_step_rad
        return turn


def damped_least_squares(jacobian: Array, twist: Array, posture: Array) -> Array:
    """Joint displacements that make the hand follow a twist, and otherwise a posture.

    Args:
        jacobian: how each joint moves and turns the hand, (n, j, 6).
        twist: displacement [m] and rotation vector [rad] of the hand, (n, 6).
        posture: displacement that is wanted as far as it does not move the hand [rad], (n, j).

    Returns:
        Joint displacements [rad], (n, j).
    """
    damped = jacobian.swapaxes(1, 2) @ jacobian + DAMPING * _IDENTITY
    missing = twist[:, :, None] - jacobian.swapaxes(1, 2) @ posture[:, :, None]
    return np.asarray(posture + (jacobian @ np.linalg.solve(damped, missing))[..., 0])
