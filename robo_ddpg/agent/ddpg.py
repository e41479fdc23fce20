"""Deep deterministic policy gradient (Lillicrap et al., ICLR 2016) with TD3's refinements."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np
import torch
from gymnasium.spaces import Box
from torch import Tensor

from robo_ddpg.agent.action_scaling import ActionScaling, check_spaces
from robo_ddpg.agent.backend import MakeBackend, Metrics, Sample
from robo_ddpg.agent.diagnostics import Diagnostics, diagnostics, return_steps
from robo_ddpg.agent.divergence import check_values, divergence
from robo_ddpg.agent.exploration import Exploration
from robo_ddpg.agent.normalization import CLIP, Normalizer, ReturnScale
from robo_ddpg.agent.replay.buffer import Minibatch, ReplayBuffer
from robo_ddpg.agent.replay.demonstrations import Demonstrations
from robo_ddpg.agent.replay.mirroring import Mirror, mirrored
from robo_ddpg.agent.saved_state import prefixed, under
from robo_ddpg.agent.settings import ANNEALED, AgentSettings
from robo_ddpg.agent.transitions import Episode, GoalSpace, Observation, Transitions
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from tasks.arrays import Float32


class DDPG:
    """Learner and policy for n parallel simulations; the networks' mathematics is its backend's.

    Args:
        make_backend: Builds what holds and updates the networks.
        observation_space: One simulation's observations, a one-dimensional Box.
        action_space: One simulation's actions, a bounded one-dimensional Box.
        settings: How to learn.
        num_envs: Number n of simulations.
        seed: Fixes every random number drawn here.
        goal_space: How goals are read, replaced and rewarded; None without relabelling.
        watch: Times the parts of an update.
        mirrors: How observations and actions look in mirrors; none without.
    """

    def __init__(
        self,
        make_backend: MakeBackend,
        observation_space: Box,
        action_space: Box,
        settings: AgentSettings,
        num_envs: int,
        seed: int,
        goal_space: GoalSpace | None = None,
        watch: Watch = UNWATCHED,
        mirrors: Sequence[Mirror] = (),
    ) -> None:
        check_spaces(observation_space, action_space)
        self.settings, self.num_envs, self._watch = settings, num_envs, watch
        self.updates = self.transitions = 0
        self._scaling = ActionScaling(action_space.low, action_space.high)
        o, a = observation_space.shape[0], action_space.shape[0]
        seeds = map(int, np.random.SeedSequence(seed).generate_state(4))
        torch_seed, replay_seed, exploration_seed, self._demonstration_seed = seeds
        self._generator = torch.Generator().manual_seed(torch_seed)
        self.replay_buffer = ReplayBuffer(settings, num_envs, o, a, replay_seed, goal_space, watch)
        self._goal_space, self._mirrors = goal_space, mirrors
        self._demonstrations: Demonstrations | None = None
        self._exploration = Exploration(settings, num_envs, a, exploration_seed)
        # Goals are read from what is stored, and mean nothing relative to an origin.
        shifted = settings.normalize_observations and goal_space is None
        self._normalizer = Normalizer(o, settings.normalizer_freeze_after, shifted=shifted)
        self._return_scale = ReturnScale(settings.return_scale, settings.discount, num_envs)
        self._backend = make_backend(settings, o, a, self._generator)

    def act(self, observation: Observation) -> Float32:
        """The policy's actions, shape (n, a), for observations of shape (n, o), without noise."""
        target = self.settings.evaluate_target_actor
        return self._scaling.to_space(self._policy(observation, target=target))

    def explore(self, observation: Observation) -> Float32:
        """Actions to learn from, shape (n, a), for observations of all simulations, (n, o)."""
        if self.transitions < self.settings.warmup_transitions:
            return self._scaling.to_space(self._exploration.uniform())
        action = self._policy(observation, target=False)
        return self._scaling.to_space(self._exploration(action, self._pace))

    def store(self, transitions: Transitions) -> None:
        """Remember one step of all simulations."""
        if self.settings.normalize_observations:
            self._normalizer.update(transitions.observation[transitions.valid])
        stored = dataclasses.replace(
            transitions,
            observation=self._normalizer.relative(transitions.observation),
            next_observation=self._normalizer.relative(transitions.next_observation),
        )
        self.replay_buffer.store(stored, self._scaling.from_space(transitions.action))
        ended = transitions.terminated | transitions.truncated | ~transitions.valid
        self._return_scale.update(transitions.reward, transitions.valid, ended)
        self._exploration.end_episodes(ended)
        self.transitions += self.num_envs

    def add_demonstrations(self, episodes: Sequence[Episode]) -> None:
        """Draw a share of each minibatch from these episodes from now on."""
        if self.settings.normalize_observations:
            self._normalizer.update(np.concatenate([shown.observation for shown in episodes]))
        goals, seed = self._goal_space, self._demonstration_seed
        stored = [
            dataclasses.replace(shown, observation=self._normalizer.relative(shown.observation))
            for shown in episodes
        ]
        self._demonstrations = Demonstrations(stored, self.settings, self._scaling, seed, goals)

    def end_episodes(self) -> None:
        """Note that every simulation was reset although its episode had not ended."""
        self.replay_buffer.end_episodes()
        everywhere = np.ones(self.num_envs, np.bool_)
        self._exploration.end_episodes(everywhere)
        self._return_scale.end_episodes(everywhere)

    @property
    def ready(self) -> bool:
        """Whether enough is stored to update."""
        warm = self.transitions >= self.settings.warmup_transitions
        return warm and len(self.replay_buffer) >= self.settings.batch_size

    def update(self, count: int = 1) -> Metrics:
        """Update the critics `count` times; actor and targets every `actor_delay` times.

        Minibatches are drawn and prepared together, and the target networks asked about all that
        are learned from before they change.
        """
        with self._watch.timing("sampling"):
            batch = self._minibatches(count)
        with self._watch.timing("normalising"):
            noise = self._smoothing_noise(batch.action.shape)
            sample = self._sample(batch, noise, self._demonstrated)
        rows, metrics = self.settings.batch_size, Metrics()
        for run in self._runs(count):
            part = sample.rows(slice(rows * run.start, rows * run.stop))
            with self._watch.timing("targets"):
                target = self._backend.td_target(part)
            for first in range(0, len(target), rows):
                of_one = slice(first, first + rows)
                metrics |= self._update(part.rows(of_one), target[of_one], batch)
        return metrics

    def value(self, observation: Observation, action: Float32) -> Float32:
        """The first critic's values, (n,), in the unit of rewards."""
        x = self._tensor(self._normalized(self._normalizer.relative(observation)))
        q = self._backend.q(x, self._tensor(self._scaling.from_space(action)))
        return np.asarray(q[:, 0].cpu().numpy() / self._reward_unit, np.float32)

    def diagnostics(self) -> Diagnostics:
        """What tends to go wrong, measured on sampled steps."""
        steps = return_steps(self.settings.discount)
        batch = self.replay_buffer.sample_returns(self.settings.batch_size, steps)
        sample = self._sample(batch, torch.zeros(batch.action.shape))
        target = self.settings.evaluate_target_actor
        return diagnostics(self._backend, sample, self._reward_unit, target=target)

    def state(self) -> dict[str, Tensor]:
        """Tensors that resume learning exactly, together with the steps in `replay_buffer`."""
        arrays = {
            **prefixed("replay", self.replay_buffer.state()),
            **prefixed("exploration", self._exploration.state()),
            **prefixed("normalizer", self._normalizer.state()),
            **prefixed("return_scale", self._return_scale.state()),
        }
        if self._demonstrations:
            arrays |= prefixed("demonstrations", self._demonstrations.state())
        return {
            "counters": torch.tensor([self.updates, self.transitions]),
            "generators.torch": self._generator.get_state(),
            **prefixed("networks", self._backend.state()),
            **{name: torch.from_numpy(array) for name, array in arrays.items()},
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.updates, self.transitions = state["counters"].tolist()
        self._generator.set_state(state["generators.torch"])
        self._backend.load_state(under("networks", state))
        arrays = {name: tensor.numpy() for name, tensor in state.items()}
        self.replay_buffer.load_state(under("replay", arrays))
        self._exploration.load_state(under("exploration", arrays))
        self._normalizer.load_state(under("normalizer", arrays))
        self._return_scale.load_state(under("return_scale", arrays))
        if self._demonstrations:
            self._demonstrations.load_state(under("demonstrations", arrays))

    def policy_state(self) -> dict[str, Tensor]:
        """Tensors from which `Policy` acts as `act` does, the offset in float64."""
        state = {}
        layers = self._backend.actor_layers(target=self.settings.evaluate_target_actor)
        for index, (weight, bias) in enumerate(layers):
            state[f"actor.{index}.weight"] = weight  # (out, in)
            state[f"actor.{index}.bias"] = bias  # (out,)
        if self.settings.normalize_observations:
            state["normalizer.offset"] = torch.from_numpy(self._normalizer.offset)
            state["normalizer.scale"] = torch.from_numpy(self._normalizer.scale.copy())
            state["normalizer.clip"] = torch.tensor([CLIP])
        return state

    def _policy(self, observation: Observation, *, target: bool) -> Float32:
        """Actions in [-1, 1], shape (n, a)."""
        x = self._tensor(self._normalized(self._normalizer.relative(observation)))
        action: Float32 = self._backend.act(x, target=target).cpu().numpy()
        return action

    @property
    def _pace(self) -> float:
        """Share of the learning rates and of the noise that is left by now."""
        settings = self.settings
        if settings.anneal_updates == 0:
            return 1.0
        return max(ANNEALED, 1.0 - (1.0 - ANNEALED) * self.updates / settings.anneal_updates)

    @property
    def _reward_unit(self) -> float:
        """What rewards are multiplied by before they are learned from."""
        return self.settings.reward_scale * float(self._return_scale.factor)

    @property
    def _demonstrated(self) -> int:
        """Demonstrated rows of a minibatch."""
        return self._demonstrations.rows if self._demonstrations else 0

    def _minibatches(self, count: int) -> Minibatch:
        """So many, one after the other, drawn together and dealt."""
        own = self.settings.batch_size - self._demonstrated
        batch = self.replay_buffer.sample(count * own)
        if self._demonstrations:
            batch = self._demonstrations.lead(batch, count)
        batch = batch.dealt(count)
        if self._mirrors and self.settings.mirror_share:
            share, origin = self.settings.mirror_share, self._normalizer.origin
            mirrored(batch, self._mirrors, share, origin)
        return batch

    def _runs(self, count: int) -> list[range]:
        """The next updates, in runs between which the target networks change."""
        delay = self.settings.actor_delay
        starts = [0, *range(delay - self.updates % delay, count, delay), count]
        return [range(*pair) for pair in itertools.pairwise(starts)]

    def _update(self, sample: Sample, target: Tensor, batch: Minibatch) -> Metrics:
        """Learn from one minibatch, which is part of the batch."""
        backend, timing, pace = self._backend, self._watch.timing, self._pace
        with timing("critics"):
            metrics = self._finite(backend.critic_gradient(sample, target), batch)
            scale = np.float32(self._return_scale.factor)
            check_values(self.updates, metrics["q"], scale * batch.reward, self.settings.discount)
            backend.critic_step(pace)
        self.updates += 1
        if self.updates % self.settings.actor_delay == 0:
            with timing("actor"):
                metrics |= self._finite(backend.actor_gradient(sample), batch)
                backend.actor_step(pace)
            with timing("target networks"):
                backend.update_targets()
        return metrics

    def _sample(self, batch: Minibatch, noise: Tensor, demonstrations: int = 0) -> Sample:
        scale = float(self._return_scale.factor)
        low, high = self.settings.return_bounds
        return Sample(
            observation=self._tensor(self._normalized(batch.observation)),
            action=self._tensor(batch.action),
            reward=self._tensor(batch.reward * np.float32(scale)),
            discount=self._tensor(batch.discount),
            next_observation=self._tensor(self._normalized(batch.bootstrap_observation)),
            noise=noise.to(self._backend.device),
            return_bounds=(scale * low, scale * high),
            demonstrations=demonstrations,
        )

    def _smoothing_noise(self, shape: tuple[int, ...]) -> Tensor:
        """Clipped noise for the target policy's actions, shape (b, a)."""
        scale, clip = self.settings.target_noise, self.settings.target_noise_clip
        if scale == 0.0:
            return torch.zeros(shape)
        return torch.randn(shape, generator=self._generator).mul_(scale).clamp_(-clip, clip)

    def _finite(self, metrics: Metrics, batch: Minibatch) -> Metrics:
        if all(map(math.isfinite, metrics.values())):
            return metrics
        raise divergence(self.updates, metrics, batch, self._backend.state())

    def _tensor(self, array: Float32) -> Tensor:
        return torch.from_numpy(array).to(self._backend.device)

    def _normalized(self, observation: Float32) -> Float32:
        on = self.settings.normalize_observations
        return self._normalizer(observation) if on else observation
