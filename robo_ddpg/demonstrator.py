"""A scripted solution of `grasp`: shows that it can be solved, and how its parts are used."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.grasp import PRESS_SCALE_N, SCALE_M, Grasp, part

Array = NDArray[np.float64]

ABOVE_M = 0.07
"""Height above the cube's centre at which the open fingers are moved sideways [m]."""
ALIGNED_M = 0.004
"""Sideways distance from the cube at which the fingers may be all the way down [m]."""
SLOPE = 4.0
"""How much higher they have to be for each metre that they are farther away sideways."""
GAIN = 0.35
"""Share of the remaining distance that is asked for per control step: the arm lags behind."""
BRAKE_M_S2 = 1.0
"""Deceleration that the arm is trusted with [m/s^2]."""
FIRM_N = 3.0
"""Force of both pads from which the cube is lifted [N]."""


class GraspDemonstrator:
    """Chooses among a few phases by what is observed: above, down, close, lift and carry."""

    def __init__(self, task: Grasp) -> None:
        """Read the task's action.

        Args:
            task: the task, with end-effector actions and without yaw.

        Raises:
            ValueError: the task has other actions.
        """
        settings = task.settings
        if settings.action != "end-effector" or settings.yaw:
            raise ValueError(
                f"the demonstrator moves the end effector without yaw, got action="
                f"{settings.action!r}, yaw={settings.yaw}; leave both at their defaults"
            )
        self._step_m, self._period_s = settings.step_m, 1.0 / settings.control_hz

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Actions for observations of any number of simulations.

        Args:
            observation: (n, o).

        Returns:
            (n, 4): displacement of the fingertips along x, y, z, and the gripper.
        """
        seen = np.asarray(observation, float)
        to_object = seen[:, part("to_object")] * SCALE_M
        to_goal = seen[:, part("to_goal")] * SCALE_M
        press = seen[:, part("press")].min(1) * PRESS_SCALE_N
        sideways = np.hypot(to_object[:, 0], to_object[:, 1])
        between = (sideways < 2 * ALIGNED_M) & (np.abs(to_object[:, 2]) < 0.012)
        held = press > FIRM_N

        above = to_object.copy()
        above[:, 2] += np.clip(SLOPE * (sideways - ALIGNED_M), 0.0, ABOVE_M)
        move = np.where(held[:, None], to_goal, above)
        move[(press > 0.5) & ~held] = 0.0
        close = between | (press > 0.1)
        return np.column_stack([self._steps(move), np.where(close, -1.0, 1.0)]).astype(np.float32)

    def _steps(self, move: Array) -> Array:
        """Actions that cover distances [m], (n, 3), and brake in time."""
        distance = np.sqrt(np.square(move).sum(1, keepdims=True)) + 1e-9
        speed = np.minimum(GAIN * distance / self._period_s, np.sqrt(2 * BRAKE_M_S2 * distance))
        steps = speed * self._period_s / self._step_m * move / distance
        return np.asarray(steps / np.maximum(np.abs(steps).max(1, keepdims=True), 1.0))
