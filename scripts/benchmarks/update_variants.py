"""The learner's update put together from other parts, to see what each part is worth.

Every variant is built from settings, sizes and a generator, as a backend is. The sizes and seeds
being equal, those that stack the critics start from the weights of the fast backend.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from robo_ddpg.agent.autograd.backend import AutogradBackend
from robo_ddpg.agent.backend import MakeBackend, Metrics, Sample
from robo_ddpg.agent.fast.backend import FastBackend
from robo_ddpg.agent.fast.stacked_mlp import Layer, StackedMlp
from robo_ddpg.agent.settings import AgentSettings

OptimizerOf = Callable[[StackedMlp, list[Layer], float, float], Any]
"""Builds an optimiser from a network, its leaves, learning rate and weight decay."""


class StackedAutograd(FastBackend):
    """The fast backend with autograd in place of the gradients written by hand."""

    def __init__(self, settings: AgentSettings, *rest: Any, optimizer: OptimizerOf | None) -> None:
        """Build the fast backend's networks, and an optimiser where its own is not wanted.

        Args:
            settings: as the learner's.
            rest: sizes and generator, as of any backend.
            optimizer: another optimiser; None keeps the flat Adam.
        """
        super().__init__(settings, *rest)
        self._actor_leaves = leaves(self.networks.actor)
        self._critic_leaves = leaves(self.networks.critic)
        if optimizer is not None:
            use(optimizer, self, settings, self._actor_leaves, self._critic_leaves)

    def critic_gradient(self, sample: Sample, target: Tensor) -> Metrics:
        """Differentiate the mean squared error of each critic."""
        inputs = torch.cat((sample.observation, sample.action), 1)
        q = forward(self._critic_leaves, inputs, self.networks.critic.layer_norm)
        square = (q - target).square()
        self.networks.critic.gradient.zero_()
        square.mean((1, 2)).sum().backward()  # type: ignore[no-untyped-call]
        return {"critic_loss": square.mean().item(), "q": q.mean().item()}

    def actor_gradient(self, sample: Sample) -> Metrics:
        """Differentiate the first critic's value of the policy's own actions."""
        pre_activation = forward(self._actor_leaves, sample.observation, layer_norm=False)[0]
        inputs = torch.cat((sample.observation, pre_activation.tanh()), 1)
        critic = self.networks.first_critic
        q = forward(critic.layers, inputs, critic.layer_norm)
        mean_square = pre_activation.square().mean()
        self.networks.actor.gradient.zero_()
        loss = self._settings.pre_activation_penalty * mean_square - q.mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return {"policy_q": q.mean().item(), "pre_activation": mean_square.sqrt().item()}


def leaves(network: StackedMlp) -> list[Layer]:
    """The layers as leaves of autograd, sharing parameters and gradients with the network."""
    for_autograd = []
    for layer, gradient in zip(network.layers, network.layer_gradients, strict=True):
        weight, bias = (part.detach().requires_grad_() for part in layer)
        weight.grad, bias.grad = gradient.weight, gradient.bias
        for_autograd.append(Layer(weight, bias))
    return for_autograd


def forward(layers: list[Layer], x: Tensor, layer_norm: bool) -> Tensor:
    """Outputs of stacked networks, (s, b, out), for inputs of shape (b, in)."""
    x = x.expand(len(layers[0].weight), -1, -1)
    for weight, bias in layers[:-1]:
        x = torch.baddbmm(bias, x, weight.mT)
        if layer_norm:
            x = functional.layer_norm(x, x.shape[-1:])
        x = functional.relu(x)
    return torch.baddbmm(layers[-1].bias, x, layers[-1].weight.mT)


def use(
    optimizer: OptimizerOf,
    backend: FastBackend,
    settings: AgentSettings,
    actor: list[Layer],
    critic: list[Layer],
) -> None:
    """Give a backend of flat parameters another optimiser."""
    networks: Any = backend.networks
    actor_rate, critic_rate = settings.actor_learning_rate, settings.critic_learning_rate
    decay = settings.critic_weight_decay
    networks.actor_optimizer = optimizer(networks.actor, actor, actor_rate, 0.0)
    networks.critic_optimizer = optimizer(networks.critic, critic, critic_rate, decay)


class TorchAdam(torch.optim.Adam):
    """Torch's, which takes the pace of a step as ours does."""

    def step(self, pace: float = 1.0) -> None:  # type: ignore[override]
        """Update the parameters once; variants keep their learning rate."""
        assert pace == 1.0
        super().step()


def per_tensor(_: StackedMlp, layers: list[Layer], rate: float, decay: float) -> Any:
    """Torch's Adam on each weight and bias."""
    return TorchAdam([part for layer in layers for part in layer], rate, weight_decay=decay)


def fused_modules(settings: AgentSettings, *rest: Any) -> AutogradBackend:
    """The reference with torch's fused Adam."""
    backend = AutogradBackend.make(settings, *rest)
    networks, decay = backend.networks, settings.critic_weight_decay
    networks.actor_optimizer = torch.optim.Adam(
        networks.actor.parameters(), settings.actor_learning_rate, fused=True
    )
    networks.critic_optimizer = torch.optim.Adam(
        networks.critics.parameters(),
        settings.critic_learning_rate,
        weight_decay=decay,
        fused=True,
    )
    return backend


def compiled_modules(settings: AgentSettings, *rest: Any) -> AutogradBackend:
    """The reference with losses, steps and target updates compiled; slow when first called."""
    backend = AutogradBackend.make(settings, *rest)
    for name in ("critic_loss", "actor_loss", "critic_step", "actor_step", "update_targets"):
        setattr(backend, name, torch.compile(getattr(backend, name)))
    return backend


def stacked_autograd(optimizer: OptimizerOf | None) -> MakeBackend:
    """The stacked critics under autograd with an optimiser; None for the flat Adam."""

    def make(settings: AgentSettings, *rest: Any) -> StackedAutograd:
        return StackedAutograd(settings, *rest, optimizer=optimizer)

    return make


FAST = "fast backend"
COMPILED = "modules, under torch.compile"
VARIANTS: dict[str, MakeBackend] = {
    FAST: FastBackend,
    "stacked, flat Adam, autograd": stacked_autograd(None),
    "stacked, Adam per tensor, autograd": stacked_autograd(per_tensor),
    "modules, fused Adam": fused_modules,
    "modules (autograd backend)": AutogradBackend.make,
    COMPILED: compiled_modules,
}
"""Name -> how it is built."""
