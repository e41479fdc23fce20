"""Deep deterministic policy gradient (Lillicrap et al., ICLR 2016) with TD3's refinements."""

import math

import numpy as np
import torch
from gymnasium.spaces import Box
from torch import Tensor

from robo_ddpg.agent.actor_critic import ActorCritic
from robo_ddpg.agent.divergence import divergence
from robo_ddpg.agent.exploration import Exploration
from robo_ddpg.agent.named import prefixed, under
from robo_ddpg.agent.networks import StackedMlp
from robo_ddpg.agent.normalization import CLIP, Normalizer
from robo_ddpg.agent.replay_buffer import Minibatch, ReplayBuffer
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import GoalSpace, Transitions
from tasks.arrays import Float32

_SATURATED = 0.95
"""Part of the half range from which on an action counts as saturated."""
_NEGLIGIBLE = 0.01
"""Discount from which on rewards are left to the critic when returns are measured."""
_LONGEST_RETURN = 500
"""Most steps of a measured return."""


class DDPG:
    """Learner and policy for n parallel simulations.

    Not to be used from two threads at once: `update` may run while another thread simulates, but
    `store` and `explore` wait for it.

    Args:
        observation_space: One simulation's observations, a one-dimensional Box.
        action_space: One simulation's actions, a bounded one-dimensional Box.
        settings: How to learn.
        num_envs: Number n of simulations.
        seed: Fixes every random number drawn here.
        goal_space: How goals are read, replaced and rewarded; None without relabelling.
    """

    def __init__(
        self,
        observation_space: Box,
        action_space: Box,
        settings: AgentSettings,
        num_envs: int,
        seed: int,
        goal_space: GoalSpace | None = None,
    ) -> None:
        _check_spaces(observation_space, action_space)
        self.settings, self.num_envs = settings, num_envs
        self.updates = self.transitions = 0
        self._center: Float32 = ((action_space.high + action_space.low) / 2).astype(np.float32)
        self._half_range: Float32 = ((action_space.high - action_space.low) / 2).astype(np.float32)
        self._low = action_space.low.astype(np.float32)
        self._high = action_space.high.astype(np.float32)
        o, a = observation_space.shape[0], action_space.shape[0]
        torch_seed, replay_seed, exploration_seed = np.random.SeedSequence(seed).generate_state(3)
        self._generator = torch.Generator().manual_seed(int(torch_seed))
        self.replay_buffer = ReplayBuffer(settings, num_envs, o, a, int(replay_seed), goal_space)
        self._exploration = Exploration(settings, num_envs, a, int(exploration_seed))
        self._normalizer = Normalizer(o, settings.normalizer_freeze_after)
        self._networks = ActorCritic(settings, o, a, self._generator)

    def act(self, observation: Float32) -> Float32:
        """The policy's actions, shape (n, a), for observations of shape (n, o), without noise."""
        return self._in_bounds(self._policy(self._evaluated_actor, observation))

    def explore(self, observation: Float32) -> Float32:
        """Actions to learn from, shape (n, a), for observations of all simulations, (n, o)."""
        if self.transitions < self.settings.warmup_transitions:
            return self._in_bounds(self._exploration.uniform())
        return self._in_bounds(self._exploration(self._policy(self._networks.actor, observation)))

    def store(self, transitions: Transitions) -> None:
        """Remember one step of all simulations."""
        if self.settings.normalize_observations:
            self._normalizer.update(transitions.observation[transitions.valid])
        scaled = (transitions.action - self._center) / self._half_range
        self.replay_buffer.store(transitions, scaled)
        ended = transitions.terminated | transitions.truncated | ~transitions.valid
        self._exploration.end_episodes(ended)
        self.transitions += self.num_envs

    def end_episodes(self) -> None:
        """Note that every simulation was reset although its episode had not ended."""
        self.replay_buffer.end_episodes()
        self._exploration.end_episodes(np.ones(self.num_envs, np.bool_))

    @property
    def ready(self) -> bool:
        """Whether enough is stored to update."""
        warm = self.transitions >= self.settings.warmup_transitions
        return warm and len(self.replay_buffer) >= self.settings.batch_size

    def update(self) -> dict[str, float]:
        """Update the critics, and every `actor_delay` times the actor and the targets, once.

        Returns:
            Metrics by name. Those of the actor are absent when it was not updated.

        Raises:
            DivergenceError: If a loss is not finite; the networks are then still as they were.
        """
        batch = self.replay_buffer.sample(self.settings.batch_size)
        observation = torch.from_numpy(self._normalized(batch.observation))
        metrics = self._update_critic(batch, observation)
        self.updates += 1
        if self.updates % self.settings.actor_delay == 0:
            metrics |= self._update_actor(batch, observation)
            self._networks.update_targets(self.settings.target_rate)
        return metrics

    def _update_critic(self, batch: Minibatch, observation: Tensor) -> dict[str, float]:
        networks = self._networks
        # Smooth the target policy's action with clipped noise, (b, a).
        next_observation = torch.from_numpy(self._normalized(batch.bootstrap_observation))
        next_action = networks.target_actor(next_observation)[0].tanh_()
        if self.settings.target_noise > 0.0:
            clip = self.settings.target_noise_clip
            noise = torch.randn(next_action.shape, generator=self._generator)
            noise.mul_(self.settings.target_noise).clamp_(-clip, clip)
            next_action.add_(noise).clamp_(-1.0, 1.0)

        # The target: n rewards and the smaller of the target critics' values, (b, 1).
        next_q = networks.target_critic(torch.cat((next_observation, next_action), 1)).amin(0)
        target = torch.from_numpy(batch.reward) + torch.from_numpy(batch.discount) * next_q

        # Minimise the mean squared error of each critic, (critics, b, 1).
        action = torch.from_numpy(batch.action)
        q, activations = networks.critic.forward(torch.cat((observation, action), 1))
        error = q - target
        metrics = {"critic_loss": float(error.square().mean()), "q": float(q.mean())}
        self._require_finite(metrics, batch)
        networks.critic.backward(error * (2.0 / len(target)), activations)
        networks.critic_optimizer.step()
        return metrics

    def _update_actor(self, batch: Minibatch, observation: Tensor) -> dict[str, float]:
        networks = self._networks
        # The first critic's value of the policy's own actions, (1, b, 1).
        pre_activation, activations = networks.actor.forward(observation)
        action = pre_activation[0].tanh()
        q, critic_activations = networks.first_critic.forward(torch.cat((observation, action), 1))

        metrics = {
            "policy_q": float(q.mean()),
            "pre_activation": float(pre_activation.square().mean().sqrt()),
        }
        self._require_finite(metrics, batch)

        # Deterministic policy gradient: dQ/da, through tanh, into the actor, (1, b, a).
        ones = torch.ones_like(q)
        action_gradient = networks.first_critic.input_gradient(ones, critic_activations)
        action_gradient = action_gradient[..., observation.shape[1] :]
        ascent = action_gradient * (1.0 - action.square()) / len(observation)
        penalty = self.settings.pre_activation_penalty * 2.0 / pre_activation.numel()
        networks.actor.backward(penalty * pre_activation - ascent, activations)
        networks.actor_optimizer.step()
        return metrics

    def diagnostics(self) -> dict[str, float | list[float]]:
        """What tends to go wrong, measured on sampled steps.

        Returns:
            `saturated_actions`, the share of the policy's actions near a bound for each action
            component; `q` and `measured_return`, the first critic's values of the stored actions
            and the discounted rewards really obtained, with the target critic's value
            where too few steps are stored; and `q_gap`, the first minus the second.
        """
        networks = self._networks
        steps = _return_steps(self.settings.discount)
        batch = self.replay_buffer.sample_returns(self.settings.batch_size, steps)
        observation = torch.from_numpy(self._normalized(batch.observation))
        action = torch.from_numpy(batch.action)
        q = networks.first_critic(torch.cat((observation, action), 1))
        next_observation = torch.from_numpy(self._normalized(batch.bootstrap_observation))
        next_action = networks.target_actor(next_observation)[0].tanh()
        next_q = networks.target_critic(torch.cat((next_observation, next_action), 1)).amin(0)
        measured = torch.from_numpy(batch.reward) + torch.from_numpy(batch.discount) * next_q
        saturated = self._evaluated_actor(observation)[0].tanh().abs() > _SATURATED
        return {
            "saturated_actions": saturated.float().mean(0).tolist(),
            "q": float(q.mean()),
            "measured_return": float(measured.mean()),
            "q_gap": float(q.mean() - measured.mean()),
        }

    def state(self) -> dict[str, Tensor]:
        """Tensors that resume learning exactly, together with `replay_buffer.save`."""
        arrays = {
            "generators.replay": self.replay_buffer.generator_state(),
            **prefixed("exploration", self._exploration.state()),
            **prefixed("normalizer", self._normalizer.state()),
        }
        return {
            "counters": torch.tensor([self.updates, self.transitions]),
            "generators.torch": self._generator.get_state(),
            **prefixed("networks", self._networks.state()),
            **{name: torch.from_numpy(array) for name, array in arrays.items()},
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.updates, self.transitions = state["counters"].tolist()
        self._generator.set_state(state["generators.torch"])
        self._networks.load_state(under("networks", state))
        arrays = {name: tensor.numpy() for name, tensor in state.items()}
        self.replay_buffer.load_generator_state(arrays["generators.replay"])
        self._exploration.load_state(under("exploration", arrays))
        self._normalizer.load_state(under("normalizer", arrays))

    def policy_state(self) -> dict[str, Tensor]:
        """Tensors from which `Policy` acts as `act` does."""
        state = {}
        for index, layer in enumerate(self._evaluated_actor.layers):
            state[f"actor.{index}.weight"] = layer.weight[0].clone()  # (out, in)
            state[f"actor.{index}.bias"] = layer.bias[0, 0].clone()  # (out,)
        if self.settings.normalize_observations:
            state["normalizer.offset"] = torch.from_numpy(self._normalizer.offset.copy())
            state["normalizer.scale"] = torch.from_numpy(self._normalizer.scale.copy())
            state["normalizer.clip"] = torch.tensor([CLIP])
        return state

    def _require_finite(self, metrics: dict[str, float], batch: Minibatch) -> None:
        if not all(map(math.isfinite, metrics.values())):
            raise divergence(self.updates, metrics, batch, self._networks.by_name())

    @property
    def _evaluated_actor(self) -> StackedMlp:
        networks, target = self._networks, self.settings.evaluate_target_actor
        return networks.target_actor if target else networks.actor

    def _policy(self, actor: StackedMlp, observation: Float32) -> Float32:
        """Actions in [-1, 1], shape (n, a)."""
        x = torch.from_numpy(self._normalized(np.asarray(observation, np.float32)))
        action: Float32 = actor(x)[0].tanh_().numpy()
        return action

    def _in_bounds(self, action: Float32) -> Float32:
        """From [-1, 1] to the action space, in place; rounding must not leave the bounds."""
        action *= self._half_range
        action += self._center
        np.minimum(action, self._high, out=action)
        return np.maximum(action, self._low, out=action)

    def _normalized(self, observation: Float32) -> Float32:
        on = self.settings.normalize_observations
        return self._normalizer(observation) if on else observation


def _check_spaces(observation_space: Box, action_space: Box) -> None:
    for name, space in (("observation_space", observation_space), ("action_space", action_space)):
        if not isinstance(space, Box) or len(space.shape) != 1:
            raise ValueError(f"{name}={space}: expected a one-dimensional Box; flatten it first")
    if not action_space.is_bounded():
        raise ValueError(f"action_space={action_space}: expected finite bounds; rescale it first")
    if not np.all(action_space.low < action_space.high):
        raise ValueError(f"action_space={action_space}: expected low < high for every component")


def _return_steps(discount: float) -> int:
    """Steps after which a reward's weight is negligible."""
    if not 0.0 < discount < 1.0:
        return _LONGEST_RETURN if discount else 1
    return min(math.ceil(math.log(_NEGLIGIBLE) / math.log(discount)), _LONGEST_RETURN)
