"""What the critic promises in evaluations, against what the policy then obtains."""

from typing import NamedTuple

import numpy as np

from robo_ddpg.agent.diagnostics import return_steps
from robo_ddpg.agent.learner import Learner
from robo_ddpg.evaluation.episodes import Step
from tasks.arrays import Array, Mask

_LEAST_COUNTED = 0.05
"""Weight that rewards need to have beside the value they are completed by, to say something."""


class Promise(NamedTuple):
    """Means over parts of episodes; in the unit of rewards."""

    value: float
    """What the critic said of their first actions."""
    obtained: float
    """The discounted rewards from then on."""
    size: float
    """Their root mean square."""
    excess: float
    """How far the values lie above, as far as rewards show it."""
    error: float
    """Standard error of the excess."""


class ValueCheck:
    """Called with each step of an evaluation.

    The comparison is that of Fujimoto et al. 2018, figure 1, on the policy's own states here.
    Episodes are cut into parts so long that what follows is hardly worth anything any more. Where
    one is shorter, and not terminated, the critic's own value completes it, and the excess is
    divided by the weight that is left to the rewards.
    """

    def __init__(self, agent: Learner, discount: float) -> None:
        self._agent, self._discount = agent, discount
        self._longest = return_steps(discount)
        self._age, self._weight = 0, 1.0
        self._value: Array = np.zeros(0)
        self._obtained: Array = np.zeros(0)
        self._parts: list[Array] = []

    def __call__(self, step: Step) -> None:
        """Add a step."""
        if self._age == 0:
            self._value = self._agent.value(step.observation, step.action).astype(float)
            self._obtained = np.zeros(len(self._value))
        self._obtained += self._weight * step.reward
        self._weight *= self._discount
        self._age += 1
        whole = self._age == self._longest
        if whole or step.ended.any():
            self._close(step, step.running & (step.ended | whole))
        if whole:
            self._age, self._weight = 0, 1.0

    def _close(self, step: Step, over: Mask) -> None:
        """Keep the parts that are over."""
        goes_on = over & ~step.terminated
        if goes_on.any():
            rest = self._agent.value(step.following, self._agent.act(step.following))
            self._obtained[goes_on] += self._weight * rest[goes_on]
        counted = 1.0 - self._weight * goes_on
        self._parts.append(np.array([self._value, self._obtained, counted])[:, over])

    def promise(self) -> Promise | None:
        """What was seen; None if it says nothing."""
        parts = [np.zeros((3, 0)), *self._parts]
        value, obtained, counted = np.concatenate(parts, axis=1)
        if len(value) < 2 or counted.mean() < _LEAST_COUNTED:
            return None
        above = (value - obtained) / counted.mean()
        return Promise(
            value=float(value.mean()),
            obtained=float(obtained.mean()),
            size=float(np.sqrt(np.square(obtained).mean())),
            excess=float(above.mean()),
            error=float(above.std(ddof=1) / np.sqrt(len(above))),
        )
