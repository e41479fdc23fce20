"""Demonstrations: whole episodes that a share of every minibatch is drawn from."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.action_scaling import ActionScaling
from robo_ddpg.agent.replay.buffer import Minibatch, ReplayBuffer
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Episode, GoalSpace, Transitions


class Demonstrations:
    """A replay buffer of its own, in which nothing is overwritten.

    Goals of other transitions are left out of it: what was done there is no demonstration of them.

    Args:
        episodes: What is shown, one or more.
        settings: How to learn; `demonstration_share` of its minibatches is drawn from here.
        scaling: Of the actions.
        seed: Fixes what is sampled.
        goal_space: How goals are read, replaced and rewarded; None without relabelling.
    """

    def __init__(
        self,
        episodes: Sequence[Episode],
        settings: AgentSettings,
        scaling: ActionScaling,
        seed: int,
        goal_space: GoalSpace | None,
    ) -> None:
        self.rows = round(settings.demonstration_share * settings.batch_size)
        """Demonstrated rows of a minibatch."""
        steps = sum(len(episode.reward) for episode in episodes)
        room = max(steps, 2, settings.batch_size)
        settings = replace(settings, replay_capacity=room, relabel_other=0.0)
        rewardable = all(episode.reward_info is not None for episode in episodes)
        sizes = episodes[0].observation.shape[1], episodes[0].action.shape[1]
        goals = goal_space if rewardable else None
        self._buffer = ReplayBuffer(settings, 1, *sizes, seed, goals)
        self._digest = _digest(episodes)
        for episode in episodes:
            action = scaling.from_space(episode.action)
            for step in range(len(action)):
                self._buffer.store(_transition(episode, step), action[step : step + 1])
            self._buffer.end_episodes()

    def lead(self, batch: Minibatch, count: int) -> Minibatch:
        """As many rows as belong to so many minibatches, before those of the batch."""
        shown = vars(self._buffer.sample(count * self.rows))
        own = vars(batch)
        return Minibatch(**{name: np.concatenate((shown[name], own[name])) for name in own})

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What restores the sampling, and tells these demonstrations from others."""
        return {"generator": self._buffer.generator_state(), "digest": self._digest}

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned.

        Raises:
            ValueError: It is that of other demonstrations.
        """
        if not np.array_equal(state["digest"], self._digest):
            raise ValueError("the demonstrations are no longer those it has learned from so far")
        self._buffer.load_generator_state(state["generator"])


def _transition(episode: Episode, step: int) -> Transitions:
    """One step; the episode's action, unscaled, goes with it unread."""
    rows, info = slice(step, step + 1), episode.reward_info
    last = step == len(episode.reward) - 1
    return Transitions(
        observation=episode.observation[rows],
        action=episode.action[rows],
        reward=episode.reward[rows],
        terminated=np.array([last and episode.terminated]),
        truncated=np.array([last and not episode.terminated]),
        next_observation=episode.observation[step + 1 : step + 2],
        reward_info=None if info is None else info[rows],
        valid=np.ones(1, np.bool_),
    )


def _digest(episodes: Sequence[Episode]) -> NDArray[np.uint8]:
    """SHA-256 of what is shown, (32,)."""
    digest = hashlib.sha256()
    for episode in episodes:
        for values in (episode.observation, episode.action, episode.reward, episode.terminated):
            digest.update(np.ascontiguousarray(values).tobytes())
    return np.frombuffer(digest.digest(), np.uint8).copy()
