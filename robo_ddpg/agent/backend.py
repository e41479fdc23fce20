"""The seam between the learner and what computes its update."""

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from robo_ddpg.agent.settings import AgentSettings

Metrics = dict[str, float]
"""Measured by name."""


class Sample(NamedTuple):
    """A minibatch of b transitions on the backend's device, observations normalised."""

    observation: Tensor
    """Shape (b, o)."""
    action: Tensor
    """In [-1, 1], shape (b, a)."""
    reward: Tensor
    """Shape (b, 1)."""
    discount: Tensor
    """Weight of the value of `next_observation`, 0 after termination, shape (b, 1)."""
    next_observation: Tensor
    """Shape (b, o)."""
    noise: Tensor
    """Added to the target policy's actions, shape (b, a)."""
    return_bounds: tuple[float, float] = (-math.inf, math.inf)
    """Least and greatest return there can be, in the unit of `reward`."""
    demonstrations: int = 0
    """How many of the rows, the first ones, were demonstrated; of each minibatch, if several."""

    def rows(self, rows: slice) -> "Sample":
        """Views of some rows."""
        return self._replace(
            observation=self.observation[rows],
            action=self.action[rows],
            reward=self.reward[rows],
            discount=self.discount[rows],
            next_observation=self.next_observation[rows],
            noise=self.noise[rows],
        )


class Backend(Protocol):
    """Actor and critics, their targets and optimisers.

    A step has two halves, so that the learner can look at the losses before anything changes.
    """

    @property
    def device(self) -> torch.device:
        """Where samples and observations are expected."""

    def act(self, observation: Tensor, *, target: bool) -> Tensor:
        """Actions in [-1, 1], (b, a), of the target or the online actor, new in memory."""

    def q(self, observation: Tensor, action: Tensor) -> Tensor:
        """The first critic's values, (b, 1)."""

    def hidden(self, observation: Tensor, action: Tensor) -> dict[str, list[Tensor]]:
        """Outputs of the ReLUs of the `actor` and the `critic`, layer by layer, (..., b, units)."""

    def td_target(self, sample: Sample) -> Tensor:
        """What the critics should say: rewards and the target networks' values, (b, 1).

        It lies within the sample's `return_bounds`.
        """

    def critic_gradient(self, sample: Sample, target: Tensor) -> Metrics:
        """Differentiate the critics' loss; returns `critic_loss` and `q`.

        Args:
            sample: The minibatch.
            target: What `td_target` says of it, (b, 1).
        """

    def critic_step(self, pace: float = 1.0) -> None:
        """Step along the gradient, by the learning rate times `pace`."""

    def actor_gradient(self, sample: Sample) -> Metrics:
        """Differentiate the actor's loss; returns `policy_q` and `pre_activation`.

        With demonstrations also `cloned`, the share of them that is imitated.
        """

    def actor_step(self, pace: float = 1.0) -> None:
        """Step along the gradient, by the learning rate times `pace`."""

    def update_targets(self) -> None:
        """Move the target networks towards the online ones by the share `target_rate`."""

    def actor_layers(self, *, target: bool) -> list[tuple[Tensor, Tensor]]:
        """Weight, (out, in), and bias, (out,), of each layer, as copies on the CPU.

        Raises:
            SettingsError: The actor is not made of linear layers with ReLU between them.
        """

    def state(self) -> dict[str, Tensor]:
        """Copies on the CPU that restore networks and optimisers exactly, networks first."""

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""


MakeBackend = Callable[[AgentSettings, int, int, torch.Generator], Backend]
"""Builds a backend from settings, sizes of observation and action, and a generator for weights."""

_OUTPUT_BOUND = 3e-3


def initial_bounds(sizes: tuple[int, ...]) -> list[float]:
    """Bounds of the initial weights and biases of each layer (Lillicrap et al., section 7).

    One over the root of the fan-in, and 0.003 for the last layer: first outputs are near zero.
    """
    return [*(fan_in**-0.5 for fan_in in sizes[:-2]), _OUTPUT_BOUND]
