"""Deep deterministic policy gradient (Lillicrap et al., ICLR 2016) with TD3's refinements."""

import math
from copy import deepcopy
from typing import TypeVar

import numpy as np
import torch
from gymnasium.spaces import Box
from torch import Tensor

from robo_ddpg.agent.adam import Adam
from robo_ddpg.agent.exploration import Exploration
from robo_ddpg.agent.networks import StackedMlp
from robo_ddpg.agent.normalization import CLIP, Normalizer
from robo_ddpg.agent.replay import Batch, Replay
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Floats, GoalSpace, Transitions

_SATURATED = 0.95
"""Part of the half range from which on an action counts as saturated."""
_NEGLIGIBLE = 0.01
"""Discount from which on rewards are left to the critic when returns are measured."""
_LONGEST_RETURN = 500
"""Most steps of a measured return."""


_T = TypeVar("_T")


class DivergenceError(RuntimeError):
    """A number of the learner is no longer finite; the message names the first one found."""


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
        self._center: Floats = ((action_space.high + action_space.low) / 2).astype(np.float32)
        self._half_range: Floats = ((action_space.high - action_space.low) / 2).astype(np.float32)
        self._low = action_space.low.astype(np.float32)
        self._high = action_space.high.astype(np.float32)
        o, a = observation_space.shape[0], action_space.shape[0]
        torch_seed, replay_seed, exploration_seed = np.random.SeedSequence(seed).generate_state(3)
        self._generator = torch.Generator().manual_seed(int(torch_seed))
        self.replay = Replay(settings, num_envs, o, a, int(replay_seed), goal_space)
        self._exploration = Exploration(settings, num_envs, a, int(exploration_seed))
        self._normalizer = Normalizer(o, settings.normalizer_freeze_after)
        self._make_networks(o, a)

    def _make_networks(self, o: int, a: int) -> None:
        settings, hidden = self.settings, self.settings.hidden_sizes
        self._actor = StackedMlp(1, (o, *hidden, a), layer_norm=False)
        self._critic = StackedMlp(
            settings.critics, (o + a, *hidden, 1), layer_norm=settings.critic_layer_norm
        )
        self._actor.initialize(self._generator)
        self._critic.initialize(self._generator)
        self._first_critic = self._critic.member(0)
        self._target_actor, self._target_critic = deepcopy(self._actor), deepcopy(self._critic)
        self._actor_optimizer = Adam(
            self._actor.parameters, self._actor.gradient, settings.actor_learning_rate
        )
        self._critic_optimizer = Adam(
            self._critic.parameters,
            self._critic.gradient,
            settings.critic_learning_rate,
            settings.critic_weight_decay,
        )

    def act(self, observation: Floats) -> Floats:
        """The policy's actions, shape (n, a), for observations of shape (n, o), without noise."""
        return self._in_bounds(self._policy(self._evaluated_actor, observation))

    def explore(self, observation: Floats) -> Floats:
        """Actions to learn from, shape (n, a), for observations of all simulations, (n, o)."""
        if self.transitions < self.settings.warmup_transitions:
            return self._in_bounds(self._exploration.uniform())
        return self._in_bounds(self._exploration(self._policy(self._actor, observation)))

    def store(self, transitions: Transitions) -> None:
        """Remember one step of all simulations."""
        scaled = (transitions.action - self._center) / self._half_range
        self.replay.store(transitions, scaled)
        if self.settings.normalize_observations:
            self._normalizer.update(transitions.observation[transitions.valid])
        ended = transitions.terminated | transitions.truncated | ~transitions.valid
        self._exploration.end_episodes(ended)
        self.transitions += self.num_envs

    @property
    def ready(self) -> bool:
        """Whether enough is stored to update."""
        least = max(self.settings.warmup_transitions, self.settings.batch_size)
        return len(self.replay) >= least

    def update(self) -> dict[str, float]:
        """Update the critics, and every `actor_delay` times the actor and the targets, once.

        Returns:
            Metrics by name. Those of the actor are absent when it was not updated.

        Raises:
            DivergenceError: If a loss is not finite.
        """
        batch = self.replay.sample(self.settings.batch_size)
        observation = torch.from_numpy(self._normalized(batch.observation))
        metrics = self._update_critic(batch, observation)
        self.updates += 1
        if self.updates % self.settings.actor_delay == 0:
            metrics |= self._update_actor(observation)
            self._update_targets()
        if not all(map(math.isfinite, metrics.values())):
            raise DivergenceError(self._culprit(batch, metrics))
        return metrics

    def _update_critic(self, batch: Batch, observation: Tensor) -> dict[str, float]:
        # Smooth the target policy's action with clipped noise, (b, a).
        next_observation = torch.from_numpy(self._normalized(batch.bootstrap_observation))
        next_action = self._target_actor(next_observation)[0].tanh_()
        if self.settings.target_noise > 0.0:
            clip = self.settings.target_noise_clip
            noise = torch.randn(next_action.shape, generator=self._generator)
            noise.mul_(self.settings.target_noise).clamp_(-clip, clip)
            next_action.add_(noise).clamp_(-1.0, 1.0)

        # The target: n rewards and the smaller of the target critics' values, (b, 1).
        next_q = self._target_critic(torch.cat((next_observation, next_action), 1)).amin(0)
        target = torch.from_numpy(batch.reward) + torch.from_numpy(batch.discount) * next_q

        # Minimise the mean squared error of each critic, (critics, b, 1).
        action = torch.from_numpy(batch.action)
        q, activations = self._critic.forward(torch.cat((observation, action), 1))
        error = q - target
        self._critic.backward(error * (2.0 / len(target)), activations)
        self._critic_optimizer.step()
        return {"critic_loss": float(error.square().mean()), "q": float(q.mean())}

    def _update_actor(self, observation: Tensor) -> dict[str, float]:
        # The first critic's value of the policy's own actions, (b, 1).
        pre_activation, activations = self._actor.forward(observation)
        action = pre_activation[0].tanh()
        q, critic_activations = self._first_critic.forward(torch.cat((observation, action), 1))

        # Deterministic policy gradient: dQ/da, through tanh, into the actor, (1, b, a).
        ones = torch.ones_like(q)
        action_gradient = self._first_critic.input_gradient(ones, critic_activations)
        action_gradient = action_gradient[..., observation.shape[1] :]
        ascent = action_gradient * (1.0 - action.square()) / len(observation)
        penalty = self.settings.pre_activation_penalty * 2.0 / pre_activation.numel()
        self._actor.backward(penalty * pre_activation - ascent, activations)
        self._actor_optimizer.step()
        return {
            "policy_q": float(q.mean()),
            "pre_activation": float(pre_activation.square().mean().sqrt()),
        }

    def _update_targets(self) -> None:
        tau = self.settings.target_rate
        self._target_actor.parameters.lerp_(self._actor.parameters, tau)
        self._target_critic.parameters.lerp_(self._critic.parameters, tau)

    def diagnostics(self) -> dict[str, float | list[float]]:
        """What tends to go wrong, measured on sampled steps.

        Returns:
            `saturated_actions`, the share of the policy's actions near a bound for each action
            component; `q` and `measured_return`, the first critic's values of the stored actions
            and the discounted rewards really obtained, with the target critic's value
            where too few steps are stored; and `q_gap`, the first minus the second.
        """
        steps = _return_steps(self.settings.discount)
        batch = self.replay.sample_returns(self.settings.batch_size, steps)
        observation = torch.from_numpy(self._normalized(batch.observation))
        action = torch.from_numpy(batch.action)
        q = self._first_critic(torch.cat((observation, action), 1))
        next_observation = torch.from_numpy(self._normalized(batch.bootstrap_observation))
        next_action = self._target_actor(next_observation)[0].tanh()
        next_q = self._target_critic(torch.cat((next_observation, next_action), 1)).amin(0)
        measured = torch.from_numpy(batch.reward) + torch.from_numpy(batch.discount) * next_q
        saturated = self._evaluated_actor(observation)[0].tanh().abs() > _SATURATED
        return {
            "saturated_actions": saturated.float().mean(0).tolist(),
            "q": float(q.mean()),
            "measured_return": float(measured.mean()),
            "q_gap": float(q.mean() - measured.mean()),
        }

    def state(self) -> dict[str, Tensor]:
        """Tensors that resume learning exactly, together with `replay.save`."""
        arrays = {
            "generators.replay": self.replay.generator_state(),
            **_prefixed("exploration", self._exploration.state()),
            **_prefixed("normalizer", self._normalizer.state()),
        }
        return {
            "counters": torch.tensor([self.updates, self.transitions]),
            "generators.torch": self._generator.get_state(),
            **{name: network.parameters.clone() for name, network in self._networks().items()},
            **_prefixed("actor_optimizer", self._actor_optimizer.state()),
            **_prefixed("critic_optimizer", self._critic_optimizer.state()),
            **{name: torch.from_numpy(array) for name, array in arrays.items()},
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.updates, self.transitions = state["counters"].tolist()
        self._generator.set_state(state["generators.torch"])
        for name, network in self._networks().items():
            network.parameters.copy_(state[name])
        self._actor_optimizer.load_state(_without("actor_optimizer", state))
        self._critic_optimizer.load_state(_without("critic_optimizer", state))
        arrays = {name: tensor.numpy() for name, tensor in state.items()}
        self.replay.load_generator_state(arrays["generators.replay"])
        self._exploration.load_state(_without("exploration", arrays))
        self._normalizer.load_state(_without("normalizer", arrays))

    def policy_state(self) -> dict[str, Tensor]:
        """Tensors from which `Policy` acts as `act` does."""
        state = {}
        for index, layer in enumerate(self._evaluated_actor.layers):
            state[f"actor.{index}.weight"] = layer.weight[0].clone()  # (in, out)
            state[f"actor.{index}.bias"] = layer.bias[0, 0].clone()  # (out,)
        if self.settings.normalize_observations:
            state["normalizer.offset"] = torch.from_numpy(self._normalizer.offset.copy())
            state["normalizer.scale"] = torch.from_numpy(self._normalizer.scale.copy())
            state["normalizer.clip"] = torch.tensor([CLIP])
        return state

    @property
    def _evaluated_actor(self) -> StackedMlp:
        return self._target_actor if self.settings.evaluate_target_actor else self._actor

    def _policy(self, actor: StackedMlp, observation: Floats) -> Floats:
        """Actions in [-1, 1], shape (n, a)."""
        x = torch.from_numpy(self._normalized(np.asarray(observation, np.float32)))
        action: Floats = actor(x)[0].tanh_().numpy()
        return action

    def _in_bounds(self, action: Floats) -> Floats:
        """From [-1, 1] to the action space, in place; rounding must not leave the bounds."""
        action *= self._half_range
        action += self._center
        np.minimum(action, self._high, out=action)
        return np.maximum(action, self._low, out=action)

    def _normalized(self, observation: Floats) -> Floats:
        return (
            self._normalizer(observation) if self.settings.normalize_observations else observation
        )

    def _networks(self) -> dict[str, StackedMlp]:
        return {
            "actor": self._actor,
            "critic": self._critic,
            "target_actor": self._target_actor,
            "target_critic": self._target_critic,
        }

    def _culprit(self, batch: Batch, metrics: dict[str, float]) -> str:
        """What stopped being finite: something stored, or else the learner itself."""
        shown = ", ".join(f"{name}={value:.3g}" for name, value in metrics.items())
        for name, array in vars(batch).items():
            if not np.isfinite(array).all():
                return (
                    f"update {self.updates}: a stored {name} is not finite ({shown}); "
                    "mark unstable simulations as not valid before they are stored"
                )
        for name, network in self._networks().items():
            if not bool(network.parameters.isfinite().all()):
                return (
                    f"update {self.updates}: parameters of the {name} are not finite ({shown}); "
                    "lower the learning rates or scale rewards and observations to about 1"
                )
        return f"update {self.updates}: {shown} is not finite; scale the rewards to about 1"


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


def _prefixed(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    return {f"{prefix}.{name}": value for name, value in values.items()}


def _without(prefix: str, values: dict[str, _T]) -> dict[str, _T]:
    start = prefix + "."
    return {name[len(start) :]: v for name, v in values.items() if name.startswith(start)}
