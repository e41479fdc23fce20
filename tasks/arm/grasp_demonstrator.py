"""A scripted solution of `grasp`: shows that it can be solved, and how its parts are used."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arm.grasp import PRESS_SCALE_N, Grasp
from tasks.arm.objects import NAMES, SHAPES
from tasks.arrays import Array

ABOVE_M = 0.07
"""Height above the cube's centre at which the open fingers are moved sideways [m]."""
ALIGNED_M = 0.004
"""Sideways distance from the cube at which the fingers may be all the way down [m]."""
SLOPE = 4.0
"""How much higher they have to be for each metre that they are farther away sideways."""
TWIST_M = 0.03
"""Length that makes an angle [rad] count as sideways distance [m]."""
GAIN = 0.35
"""Share of the remaining distance that is asked for per control step: the arm lags behind."""
BRAKE_M_S2 = 1.0
"""Deceleration that the arm is trusted with [m/s^2]."""
FREE_M = 0.002
"""How far above the lowest place that it may be the fingertips stay [m]: there, the safety filter
lets them move only slowly."""
FIRM_N = 3.0
"""Force of both pads from which the cube is lifted [N]."""


class GraspDemonstrator:
    """Chooses among a few phases by what is observed: above, down, close, lift and carry."""

    def __init__(self, task: Grasp) -> None:
        """Read the task's action.

        Args:
            task: the task, with end-effector actions; its simulations are made already.

        Raises:
            ValueError: the task has other actions.
        """
        settings = task.settings
        if settings.action != "end-effector":
            raise ValueError(
                f"the demonstrator moves the end effector, got action={settings.action!r}; "
                "use action='end-effector'"
            )
        self._part, self._scale_m = task.layout, task.view.scale_m
        self._yaw, self._yaw_step = settings.yaw, settings.yaw_step_rad
        self._folds = np.array([max(shape.folds, 1) for shape in SHAPES])
        self._kind = None if settings.shape == "any" else NAMES.index(settings.shape)
        self._step_m, self._period_s = settings.step_m, 1.0 / settings.control_hz
        self._view, self._lowest_m = task.view, _lowest_m(task) + FREE_M

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Actions for observations of any number of simulations.

        Args:
            observation: (n, o).

        Returns:
            (n, 4): displacement of the fingertips along x, y, z, and the gripper; with yaw (n, 5),
            the turn before the gripper.
        """
        seen, part, scale_m = np.asarray(observation, float), self._part, self._scale_m
        to_object = seen[:, part["to_object"]] * scale_m
        to_goal = seen[:, part["to_goal"]] * scale_m
        press = seen[:, part["press"]].min(1) * PRESS_SCALE_N
        sideways = np.hypot(to_object[:, 0], to_object[:, 1])
        between = (sideways < 2 * ALIGNED_M) & (np.abs(to_object[:, 2]) < 0.012)
        held = press > FIRM_N

        twisted = self._twist(seen)
        astray = sideways + TWIST_M * np.abs(twisted)
        above = to_object.copy()
        above[:, 2] += np.clip(SLOPE * (astray - ALIGNED_M), 0.0, ABOVE_M)
        tip = self._view.point(seen[:, part["tip"]])
        above[:, 2] = np.maximum(above[:, 2], self._lowest_m - tip[:, 2])
        move = np.where(held[:, None], to_goal, above)
        move[(press > 0.5) & ~held] = 0.0
        close = between | (press > 0.1)
        parts = [self._steps(move), np.where(close, -1.0, 1.0)]
        if self._yaw:
            turn = np.where(close, 0.0, GAIN * twisted / self._yaw_step)
            parts.insert(1, np.clip(turn, -1.0, 1.0))
        return np.column_stack(parts).astype(np.float32)

    def _twist(self, seen: Array) -> Array:
        """How far the hand has to turn so that the fingers face the object's sides [rad], (n,)."""
        if not self._yaw:
            return np.zeros(len(seen))
        kind = (
            self._kind if self._kind is not None else seen[:, self._part["object_shape"]].argmax(1)
        )
        cosine, sine = seen[:, self._part["object_yaw"]].T
        # The hand's z axis points down, so a turn to the left is one to the right in the world.
        return np.asarray(-np.arctan2(sine, cosine) / self._folds[kind])

    def _steps(self, move: Array) -> Array:
        """Actions that cover distances [m], (n, 3), and brake in time."""
        distance = np.sqrt(np.square(move).sum(1, keepdims=True)) + 1e-9
        speed = np.minimum(GAIN * distance / self._period_s, np.sqrt(2 * BRAKE_M_S2 * distance))
        steps = speed * self._period_s / self._step_m * move / distance
        return np.asarray(steps / np.maximum(np.abs(steps).max(1, keepdims=True), 1.0))


def _lowest_m(task: Grasp) -> float:
    """The lowest that the fingertips may be [m]."""
    arm, up = task.arm, (0.0, 0.0, 1.0)
    heights = [p.offset_m for p in arm.workspace if p.site == arm.tip and p.normal == up]
    return max(heights, default=0.0) + arm.limits.workspace_margin_m
