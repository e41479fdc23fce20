"""What the learner is given: transitions of parallel simulations, and how goals are rewarded."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass
class Transitions:
    """One step of n parallel simulations, without autoreset.

    `terminated` and `truncated` both end the episode, but only termination means that no reward
    can follow: values are bootstrapped through truncation, from `next_observation`, which must be
    the true last observation of the episode. A row that is not `valid` (its simulation became
    unstable) is never sampled and ends its episode one step earlier.
    """

    observation: Floats
    """Shape (n, o)."""
    action: Floats
    """The agent's own actions, in the bounds of the action space, shape (n, a)."""
    reward: Floats
    """Shape (n,)."""
    terminated: Bools
    """Shape (n,)."""
    truncated: Bools
    """Shape (n,)."""
    next_observation: Floats
    """Shape (n, o)."""
    reward_info: Floats | None
    """What rewards depend on besides the goals, for relabelling, shape (n, k)."""
    valid: Bools
    """Shape (n,)."""


class GoalSpace(Protocol):
    """Goals within observations; every method is pure and vectorised over the first dimension."""

    def achieved_goal(self, observation: Floats) -> Floats:
        """Goal, shape (b, g), that each observation, shape (b, o), has reached."""

    def desired_goal(self, observation: Floats) -> Floats:
        """Goal, shape (b, g), that each observation, shape (b, o), asks for."""

    def attainable(self, goal: Floats) -> Bools:
        """Whether each goal, shape (b, g), could be asked for, shape (b,)."""

    def replace_goal(self, observation: Floats, goal: Floats) -> Floats:
        """New observations, shape (b, o), that ask for `goal`, shape (b, g)."""

    def compute_reward(self, achieved: Floats, desired: Floats, info: Floats) -> Floats:
        """Reward, shape (b,), of having achieved one goal when another was desired."""

    def compute_terminated(self, achieved: Floats, desired: Floats, info: Floats) -> Bools:
        """Whether the episode terminates there, shape (b,), failures included."""
