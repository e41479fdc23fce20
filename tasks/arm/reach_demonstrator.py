"""A scripted solution of `reach`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.arm.reach import Reach

GAIN = 0.5
"""Share of the remaining way that is asked for per control step: the arm lags behind."""


class ReachDemonstrator:
    """Moves the fingertips straight towards the goal, slower as they come near."""

    def __init__(self, task: Reach) -> None:
        """Read the task's action.

        Args:
            task: the task, with end-effector actions; its simulations are made already.

        Raises:
            ValueError: the task has other actions.
        """
        action = task.settings.action
        if action != "end-effector":
            raise ValueError(
                f"the demonstrator moves the end effector, got action={action!r}; "
                "use action='end-effector'"
            )
        self._to_goal = task.layout["to_goal"]
        self._steps_per_unit = task.view.scale_m / task.settings.step_m

    def act(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """Displacements of the fingertips, (n, 3), for observations, (n, o)."""
        steps = GAIN * self._steps_per_unit * np.asarray(observation, float)[:, self._to_goal]
        longest = np.abs(steps).max(1, keepdims=True)
        return np.asarray(steps / np.maximum(longest, 1.0), np.float32)
