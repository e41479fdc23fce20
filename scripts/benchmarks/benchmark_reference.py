"""The same update as the learner's, written the usual way: modules, autograd, torch's Adam."""

import copy
from itertools import pairwise

import torch
from torch import Tensor, nn

from robo_ddpg.agent.replay_buffer import Minibatch
from robo_ddpg.agent.settings import AgentSettings


def mlp(sizes: tuple[int, ...], *, layer_norm: bool) -> nn.Sequential:
    """Linear layers with ReLU, and LayerNorm without gain and bias if asked for."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers.append(nn.Linear(inputs, outputs))
        if layer_norm:
            layers.append(nn.LayerNorm(outputs, elementwise_affine=False))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class PlainDDPG:
    """One actor, the critics, their targets, and one optimiser each."""

    def __init__(self, settings: AgentSettings, observation_size: int, action_size: int) -> None:
        """Build the networks.

        Args:
            settings: as the learner's.
            observation_size: size o of an observation.
            action_size: size a of an action.
        """
        self._settings = settings
        hidden, o, a = settings.hidden_sizes, observation_size, action_size
        self._actor = mlp((o, *hidden, a), layer_norm=False)
        sizes, norm = (o + a, *hidden, 1), settings.critic_layer_norm
        self._critics = nn.ModuleList(mlp(sizes, layer_norm=norm) for _ in range(settings.critics))
        self._targets = copy.deepcopy((self._actor, self._critics))
        actor_rate, critic_rate = settings.actor_learning_rate, settings.critic_learning_rate
        self._actor_adam = torch.optim.Adam(self._actor.parameters(), actor_rate)
        self._critic_adam = torch.optim.Adam(self._critics.parameters(), critic_rate)
        self._updates = 0

    def update(self, batch: Minibatch) -> None:
        """One update of the critics, and every `actor_delay` times of the actor and the targets."""
        observation, action = torch.from_numpy(batch.observation), torch.from_numpy(batch.action)
        target = self._target(batch)
        inputs = torch.cat((observation, action), 1)
        errors = [(critic(inputs) - target).square().mean() for critic in self._critics]
        self._critic_adam.zero_grad()
        torch.stack(errors).sum().backward()  # type: ignore[no-untyped-call]
        self._critic_adam.step()
        self._updates += 1
        if self._updates % self._settings.actor_delay == 0:
            self._update_actor(observation)
            self._update_targets()

    def _target(self, batch: Minibatch) -> Tensor:
        settings, (actor, critics) = self._settings, self._targets
        following = torch.from_numpy(batch.bootstrap_observation)
        with torch.no_grad():
            action = actor(following).tanh()
            noise = (torch.randn_like(action) * settings.target_noise).clamp(
                -settings.target_noise_clip, settings.target_noise_clip
            )
            inputs = torch.cat((following, (action + noise).clamp(-1, 1)), 1)
            values = torch.stack([critic(inputs) for critic in critics]).amin(0)
        return torch.from_numpy(batch.reward) + torch.from_numpy(batch.discount) * values

    def _update_actor(self, observation: Tensor) -> None:
        before = self._actor(observation)
        value = self._critics[0](torch.cat((observation, before.tanh()), 1))
        loss = self._settings.pre_activation_penalty * before.square().mean() - value.mean()
        self._actor_adam.zero_grad()
        loss.backward()
        self._actor_adam.step()

    @torch.no_grad()
    def _update_targets(self) -> None:
        tau = self._settings.target_rate
        for target, online in zip(self._targets, (self._actor, self._critics), strict=True):
            for old, new in zip(target.parameters(), online.parameters(), strict=True):
                old.lerp_(new, tau)
