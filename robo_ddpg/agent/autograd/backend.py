"""The update as the papers write it, in plain autograd: the reference for the fast one."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from robo_ddpg.agent.autograd.actor_critic import ActorCritic, copy_on_cpu
from robo_ddpg.agent.autograd.networks import Critic, linear_layers, mlp, relu_outputs
from robo_ddpg.agent.backend import Metrics, Sample
from robo_ddpg.agent.settings import AgentSettings


class AutogradBackend:
    """A `Backend` of any modules on any device.

    The losses are those of Lillicrap et al. 2015, algorithm 1, with the target of several critics
    and the smoothed target action of Fujimoto et al. 2018, algorithm 1. Modules of your own take
    part like this::

        def make(settings, observation_size, action_size, generator):
            return AutogradBackend(settings, MyActor(), [MyCritic(), MyCritic()], "cuda")

        DDPG(make, observation_space, action_space, settings, num_envs, seed)

    They stay in training mode, and should depend on their arguments alone: neither on statistics
    of the minibatch nor on random numbers.

    Args:
        settings: Learning rates and losses; the networks' settings are not read.
        actor: The policy mu: observations, (b, o), to actions before tanh, (b, a).
        critics: One or more Q: observations, (b, o), and actions, (b, a), to values, (b, 1).
        device: Where all of it is moved.
    """

    def __init__(
        self,
        settings: AgentSettings,
        actor: nn.Module,
        critics: Iterable[nn.Module],
        device: str = "cpu",
    ) -> None:
        self.device = torch.device(device)
        self._settings = settings
        self.networks = ActorCritic(settings, actor, critics, self.device)

    @classmethod
    def make(
        cls,
        settings: AgentSettings,
        observation_size: int,
        action_size: int,
        generator: torch.Generator,
        device: str = "cpu",
    ) -> "AutogradBackend":
        """The networks that the settings describe."""
        o, a, hidden = observation_size, action_size, settings.hidden_sizes
        actor = mlp((o, *hidden, a), generator, layer_norm=False)
        sizes, norm = (o + a, *hidden, 1), settings.critic_layer_norm
        critics = [Critic(mlp(sizes, generator, layer_norm=norm)) for _ in range(settings.critics)]
        return cls(settings, actor, critics, device)

    @torch.no_grad()
    def act(self, observation: Tensor, *, target: bool) -> Tensor:
        """Actions in [-1, 1], (b, a)."""
        action: Tensor = self._actor(target=target)(observation).tanh()
        return action

    @torch.no_grad()
    def q(self, observation: Tensor, action: Tensor) -> Tensor:
        """The first critic's values, (b, 1)."""
        value: Tensor = self.networks.critics[0](observation, action)
        return value

    @torch.no_grad()
    def hidden(self, observation: Tensor, action: Tensor) -> dict[str, list[Tensor]]:
        """Outputs of the actor's and the first critic's modules of class ReLU, (b, units)."""
        with relu_outputs(self.networks.actor) as actor:
            self.networks.actor(observation)
        with relu_outputs(self.networks.critics[0]) as critic:
            self.networks.critics[0](observation, action)
        return {"actor": actor, "critic": critic}

    @torch.no_grad()
    def td_target(self, sample: Sample) -> Tensor:
        """Give y = r + gamma min_k Q'_k(s', mu'(s') + noise) within bounds, (b, 1)."""
        s_next = sample.next_observation
        a_next = (self.networks.target_actor(s_next).tanh() + sample.noise).clamp(-1.0, 1.0)
        q_next = torch.stack([critic(s_next, a_next) for critic in self.networks.target_critics])
        y = sample.reward + sample.discount * q_next.amin(0)
        return y.clamp(*sample.return_bounds)

    def critic_loss(self, sample: Sample, y: Tensor) -> tuple[Tensor, Tensor]:
        """Give L = mean (y - Q(s, a))^2 of each critic, (critics,), and Q, (critics, b, 1)."""
        s, a = sample.observation, sample.action
        q = torch.stack([critic(s, a) for critic in self.networks.critics])
        return (y - q).square().mean((1, 2)), q

    def actor_loss(self, sample: Sample) -> tuple[Tensor, Tensor, Tensor]:
        """Give -mean Q(s, mu(s)) and the penalties; Q, (b, 1); mean square before tanh."""
        s, settings = sample.observation, self._settings
        pre_activation = self.networks.actor(s)
        a = pre_activation.tanh()
        q = self.networks.critics[0](s, a)
        mean_square = pre_activation.square().mean()
        penalty = settings.pre_activation_penalty * mean_square
        penalty = penalty + settings.action_penalty * a.square().mean()
        return penalty - q.mean(), q, mean_square

    def cloning_loss(self, sample: Sample) -> tuple[Tensor, Tensor]:
        """Give mean (mu(s) - a)^2 over demonstrations, where Q(s, a) > Q(s, mu(s)) if filtered.

        Nair et al. 2018, section IV: the mean counts rows that are left out; which are in, (d, 1).
        """
        s, a = sample.observation[: sample.demonstrations], sample.action[: sample.demonstrations]
        action, critic = self.networks.actor(s).tanh(), self.networks.critics[0]
        with torch.no_grad():
            better = (critic(s, a) > critic(s, action)).float()
        cloned = better if self._settings.q_filter else torch.ones_like(better)
        return ((action - a).square() * cloned).mean(), cloned

    def critic_gradient(self, sample: Sample, target: Tensor) -> Metrics:
        """Differentiate the sum of the critics' losses."""
        losses, q = self.critic_loss(sample, target)
        self.networks.critic_optimizer.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]
        return {"critic_loss": losses.mean().item(), "q": q.mean().item()}

    def actor_gradient(self, sample: Sample) -> Metrics:
        """Differentiate the actor's loss with respect to the actor alone."""
        loss, q, mean_square = self.actor_loss(sample)
        metrics = {"policy_q": q.mean().item(), "pre_activation": mean_square.sqrt().item()}
        if sample.demonstrations:
            cloning_loss, cloned = self.cloning_loss(sample)
            loss = loss + self._settings.cloning_weight * q.detach().abs().mean() * cloning_loss
            metrics["cloned"] = cloned.mean().item()
        self.networks.actor_optimizer.zero_grad()
        loss.backward(inputs=list(self.networks.actor.parameters()))  # type: ignore[no-untyped-call]
        return metrics

    def critic_step(self, pace: float = 1.0) -> None:
        """Step along the gradient."""
        _step(self.networks.critic_optimizer, pace * self._settings.critic_learning_rate)

    def actor_step(self, pace: float = 1.0) -> None:
        """Step along the gradient."""
        _step(self.networks.actor_optimizer, pace * self._settings.actor_learning_rate)

    def update_targets(self) -> None:
        """Move the target networks towards the online ones by the share `target_rate`."""
        self.networks.update_targets(self._settings.target_rate)

    def actor_layers(self, *, target: bool) -> list[tuple[Tensor, Tensor]]:
        """Weight, (out, in), and bias, (out,), of each layer."""
        layers = linear_layers(self._actor(target=target))
        return [(copy_on_cpu(layer.weight), copy_on_cpu(layer.bias)) for layer in layers]

    def state(self) -> dict[str, Tensor]:
        """Copies that restore networks and optimisers exactly."""
        return self.networks.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.networks.load_state(state)

    def _actor(self, *, target: bool) -> nn.Module:
        return self.networks.target_actor if target else self.networks.actor


def _step(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()
