"""The actor, the critics, their targets and optimisers."""

from copy import deepcopy

import torch
from torch import Tensor

from robo_ddpg.agent.fast.adam import Adam
from robo_ddpg.agent.fast.stacked_mlp import StackedMlp
from robo_ddpg.agent.saved_state import prefixed, under
from robo_ddpg.agent.settings import AgentSettings


class ActorCritic:
    """Everything that learns.

    Attributes:
        actor: Observation, (b, o), to actions before tanh, (1, b, a).
        critic: Observation and action in [-1, 1], (b, o + a), to values, (critics, b, 1).
        first_critic: The first of the critics, (b, o + a) to (1, b, 1), sharing its parameters.
    """

    def __init__(
        self,
        settings: AgentSettings,
        observation_size: int,
        action_size: int,
        generator: torch.Generator,
    ) -> None:
        hidden = settings.hidden_sizes
        actor_sizes = (observation_size, *hidden, action_size)
        critic_sizes = (observation_size + action_size, *hidden, 1)
        self.actor = StackedMlp(1, actor_sizes, layer_norm=False)
        self.critic = StackedMlp(
            settings.critics, critic_sizes, layer_norm=settings.critic_layer_norm
        )
        self.actor.initialize(generator)
        self.critic.initialize(generator)
        self.first_critic = self.critic.member(0)
        self.target_actor, self.target_critic = deepcopy(self.actor), deepcopy(self.critic)
        self.actor_optimizer = Adam(
            self.actor.parameters, self.actor.gradient, settings.actor_learning_rate
        )
        self.critic_optimizer = Adam(
            self.critic.parameters,
            self.critic.gradient,
            settings.critic_learning_rate,
            settings.critic_weight_decay,
        )

    def update_targets(self, tau: float) -> None:
        """Move the target networks towards the online ones by the share `tau`."""
        self.target_actor.parameters.lerp_(self.actor.parameters, tau)
        self.target_critic.parameters.lerp_(self.critic.parameters, tau)

    def by_name(self) -> dict[str, StackedMlp]:
        """The networks by name."""
        return {
            "actor": self.actor,
            "critic": self.critic,
            "target_actor": self.target_actor,
            "target_critic": self.target_critic,
        }

    def state(self) -> dict[str, Tensor]:
        """Tensors that restore networks and optimisers exactly."""
        return {
            **{name: network.parameters.clone() for name, network in self.by_name().items()},
            **prefixed("actor_optimizer", self.actor_optimizer.state()),
            **prefixed("critic_optimizer", self.critic_optimizer.state()),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        for name, network in self.by_name().items():
            network.parameters.copy_(state[name])
        self.actor_optimizer.load_state(under("actor_optimizer", state))
        self.critic_optimizer.load_state(under("critic_optimizer", state))
