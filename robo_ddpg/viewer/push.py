"""Pushes and wind by a button."""

import numpy as np

from robo_ddpg.envs.randomization import PUSH_S
from tasks.arrays import Array
from tasks.task import Task

SHARE = 0.5
"""Force of a push, as a share of the robot's weight."""
WIND_SHARE = 0.1
"""That of the wind."""
DIRECTIONS = np.array([(1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)], float)
"""Forward, to the left, back, to the right, in the world."""


class Push:
    """A force on the body that pushes act on, for as long as those of training last; and wind."""

    def __init__(self, task: Task) -> None:
        model = task.model
        self._body = model.body(task.push_body).id
        mass = model.body_subtreemass[model.body_rootid[self._body]]
        self._weight_n = float(mass) * float(np.linalg.norm(model.opt.gravity))
        self.wind = False
        """Whether it blows, steadily and from the front."""
        self._most = max(1, round(PUSH_S * task.settings.control_hz))
        self.end()

    def begin(self, direction: int) -> None:
        """Push from the next control step on."""
        self._force = SHARE * self._weight_n * DIRECTIONS[direction]
        self._left = self._most

    def end(self) -> None:
        """Push no more."""
        self._left = 0

    def add_to(self, wrench: Array) -> None:
        """Add the force of the next control step to those on all bodies, (nbody, 6)."""
        if self.wind:
            wrench[self._body, :3] -= WIND_SHARE * self._weight_n * DIRECTIONS[0]
        if self._left:
            self._left -= 1
            wrench[self._body, :3] += self._force
