"""What the learner is given: transitions of parallel simulations, and how goals are rewarded."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Float32, Mask

Observation = NDArray[np.floating[Any]]
"""In float64 where float32 could not tell observations from each other."""


@dataclass
class Transitions:
    """One step of n parallel simulations, without autoreset.

    `terminated` and `truncated` both end the episode, but only termination means that no reward
    can follow: values are bootstrapped through truncation, from `next_observation`, which must be
    the true last observation of the episode. A row that is not `valid` (its simulation became
    unstable) is never sampled and ends its episode one step earlier.
    """

    observation: Observation
    """Shape (n, o)."""
    action: Float32
    """The agent's own actions, in the bounds of the action space, shape (n, a)."""
    reward: Float32
    """Shape (n,)."""
    terminated: Mask
    """Shape (n,)."""
    truncated: Mask
    """Shape (n,)."""
    next_observation: Observation
    """Shape (n, o)."""
    reward_info: Float32 | None
    """What rewards depend on besides the goals, for relabelling, shape (n, k)."""
    valid: Mask
    """Shape (n,)."""


@dataclass(frozen=True)
class Episode:
    """A whole episode of T steps, such as a demonstration."""

    observation: Float32
    """At the start and after each step, shape (T + 1, o)."""
    action: Float32
    """In the bounds of the action space, shape (T, a)."""
    reward: Float32
    """Shape (T,)."""
    terminated: bool
    """Whether the last step terminated it; otherwise it was cut there."""
    reward_info: Float32 | None
    """As in `Transitions`, shape (T, k); None if it is not known, which rules relabelling out."""


class GoalSpace(Protocol):
    """Goals within observations; every method is pure and vectorised over the first dimension.

    `info` holds rows of `Transitions.reward_info`, shape (b, k), with k = 0 where there is none.
    """

    def achieved_goal(self, observation: Float32) -> Float32:
        """Goal, shape (b, g), that each observation, shape (b, o), has reached."""

    def desired_goal(self, observation: Float32) -> Float32:
        """Goal, shape (b, g), that each observation, shape (b, o), asks for."""

    def attainable(self, goal: Float32) -> Mask:
        """Whether each goal, shape (b, g), could be asked for, shape (b,); others teach nothing."""

    def replace_goal(self, observation: Float32, goal: Float32) -> Float32:
        """New observations, shape (b, o), that ask for `goal`, shape (b, g)."""

    def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
        """Reward, shape (b,), of having achieved one goal when another was desired."""

    def compute_terminated(self, achieved: Float32, desired: Float32, info: Float32) -> Mask:
        """Whether the step would have terminated the episode, shape (b,).

        It takes the place of the stored termination wherever goals are replaced. So it has to tell
        every termination there is: by having achieved what was desired, and by failures that have
        nothing to do with goals, from the achieved goal or from what `info` says of them. The end
        of an episode's time is truncation and none of its business.
        """
