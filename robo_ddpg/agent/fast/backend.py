"""The update with hand-written gradients, for small networks on a CPU."""

import torch
from torch import Tensor

from robo_ddpg.agent.backend import Metrics, Sample
from robo_ddpg.agent.fast.actor_critic import ActorCritic
from robo_ddpg.agent.fast.stacked_mlp import StackedMlp
from robo_ddpg.agent.settings import AgentSettings


class FastBackend:
    """A `Backend` of flat parameters, stacked critics and gradients without a graph.

    Args:
        settings: Sizes, learning rates and losses.
        observation_size: Size o of an observation.
        action_size: Size a of an action.
        generator: Draws the initial weights.
    """

    def __init__(
        self,
        settings: AgentSettings,
        observation_size: int,
        action_size: int,
        generator: torch.Generator,
    ) -> None:
        self.device = torch.device("cpu")
        self._settings = settings
        self.networks = ActorCritic(settings, observation_size, action_size, generator)

    def act(self, observation: Tensor, *, target: bool) -> Tensor:
        """Actions in [-1, 1], (b, a)."""
        return self._actor(target=target)(observation)[0].tanh_()

    def q(self, observation: Tensor, action: Tensor) -> Tensor:
        """The first critic's values, (b, 1)."""
        return self.networks.first_critic(torch.cat((observation, action), 1))[0]

    def hidden(self, observation: Tensor, action: Tensor) -> dict[str, list[Tensor]]:
        """Outputs of the hidden layers, (1 or critics, b, units)."""
        actor = self.networks.actor.forward(observation)[1]
        critic = self.networks.critic.forward(torch.cat((observation, action), 1))[1]
        return {
            name: [h.output for h in net] for name, net in (("actor", actor), ("critic", critic))
        }

    def td_target(self, sample: Sample) -> Tensor:
        """The rewards and the smaller of the target critics' values, within bounds, (b, 1)."""
        next_action = self.networks.target_actor(sample.next_observation)[0].tanh_()
        next_action.add_(sample.noise).clamp_(-1.0, 1.0)
        inputs = torch.cat((sample.next_observation, next_action), 1)
        target = sample.reward + sample.discount * self.networks.target_critic(inputs).amin(0)
        return target.clamp_(*sample.return_bounds)

    def critic_gradient(self, sample: Sample, target: Tensor) -> Metrics:
        """Differentiate the mean squared error of each critic."""
        critic = self.networks.critic
        q, activations = critic.forward(torch.cat((sample.observation, sample.action), 1))
        error = q - target  # (critics, b, 1)
        critic.backward(error * (2.0 / len(target)), activations)
        return {"critic_loss": float(error.square().mean()), "q": float(q.mean())}

    def actor_gradient(self, sample: Sample) -> Metrics:
        """Differentiate the first critic's value of the policy's own actions."""
        observation, first_critic = sample.observation, self.networks.first_critic
        pre_activation, activations = self.networks.actor.forward(observation)
        action = pre_activation[0].tanh()
        q, critic_activations = first_critic.forward(torch.cat((observation, action), 1))

        # Deterministic policy gradient: dQ/da, through tanh, into the actor, (1, b, a).
        action_gradient = first_critic.input_gradient(torch.ones_like(q), critic_activations)
        action_gradient = action_gradient[..., observation.shape[1] :]
        action_penalty = self._settings.action_penalty * 2.0 / action.shape[1]
        action_gradient = action_gradient - action_penalty * action
        ascent = action_gradient * (1.0 - action.square()) / len(observation)
        metrics = {}
        if sample.demonstrations:
            cloning, metrics["cloned"] = self._cloning(sample, action, q[0])
            ascent[0, : len(cloning)] -= cloning * (1.0 - action[: len(cloning)].square())
        penalty = self._settings.pre_activation_penalty * 2.0 / pre_activation.numel()
        self.networks.actor.backward(penalty * pre_activation - ascent, activations)
        return {
            "policy_q": float(q.mean()),
            "pre_activation": float(pre_activation.square().mean().sqrt()),
            **metrics,
        }

    def _cloning(self, sample: Sample, action: Tensor, q: Tensor) -> tuple[Tensor, float]:
        """Differentiate the squared difference from d demonstrated actions.

        Args:
            sample: Demonstrations first.
            action: The policy's, (b, a).
            q: Their values, (b, 1).

        Returns:
            The gradient with respect to the actions, (d, a), and the share that is imitated.
        """
        rows = sample.demonstrations
        shown = sample.action[:rows]
        gradient = action[:rows] - shown
        weight = self._settings.cloning_weight * q.abs().mean() * (2.0 / shown.numel())
        if not self._settings.q_filter:
            return gradient * weight, 1.0
        better = self.q(sample.observation[:rows], shown) > q[:rows]
        return gradient * (weight * better), float(better.float().mean())

    def critic_step(self, pace: float = 1.0) -> None:
        """Step along the gradient."""
        self.networks.critic_optimizer.step(pace)

    def actor_step(self, pace: float = 1.0) -> None:
        """Step along the gradient."""
        self.networks.actor_optimizer.step(pace)

    def update_targets(self) -> None:
        """Move the target networks towards the online ones by the share `target_rate`."""
        self.networks.update_targets(self._settings.target_rate)

    def actor_layers(self, *, target: bool) -> list[tuple[Tensor, Tensor]]:
        """Weight, (out, in), and bias, (out,), of each layer."""
        layers = self._actor(target=target).layers
        return [(layer.weight[0].clone(), layer.bias[0, 0].clone()) for layer in layers]

    def state(self) -> dict[str, Tensor]:
        """Copies that restore networks and optimisers exactly."""
        return self.networks.state()

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.networks.load_state(state)

    def _actor(self, *, target: bool) -> StackedMlp:
        return self.networks.target_actor if target else self.networks.actor
