"""Episodes of one simulation, to be looked at."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.environment import Environment

AnyArray = NDArray[Any]

EPISODES, LEAST_STEPS = 5, 300
"""Episodes that are played with random actions, and more until they have so many steps."""


@dataclass
class Episode:
    """What happened in one, from its start on."""

    seed: int | None
    observations: list[AnyArray]
    """Vectors, (o,): the first of the episode, and one after each step."""
    actions: list[AnyArray] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    terminated: bool = False
    truncated: bool = False
    faults: list[str] = field(default_factory=list)
    """What was not finite."""
    says_success: bool = False

    def __len__(self) -> int:
        """Steps."""
        return len(self.rewards)

    @property
    def ended(self) -> bool:
        """Whether it came to its end."""
        return self.terminated or self.truncated


class Player:
    """Plays episodes for as long as there is time."""

    def __init__(self, env: Environment, seconds: float) -> None:
        """Take an environment of one simulation.

        Args:
            env: the environment.
            seconds: how long it may be stepped, from now on [s].
        """
        self.env, self._until = env, time.monotonic() + seconds

    @property
    def out_of_time(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self._until

    def play(self, seed: int | None, actions: Iterable[AnyArray]) -> Episode:
        """One episode, until it ends, the actions do, or after one step the time.

        Args:
            seed: of the reset; None goes on with the environment's generator.
            actions: vectors, (a,).
        """
        observation, _ = self.env.reset(seed=seed)
        episode = Episode(seed, [np.array(observation[0])])
        for action in actions:
            if episode.ended or (episode.actions and self.out_of_time):
                break
            self._step(episode, action)
        return episode

    def episodes(self, seed: int) -> list[Episode]:
        """Several with random actions, from this seed on; one at least."""
        played: list[Episode] = []
        while len(played) < EPISODES or sum(map(len, played)) < LEAST_STEPS:
            if played and self.out_of_time:
                break
            following = seed + len(played)
            played.append(self.play(following, self.random_actions(following)))
        return played

    def random_actions(self, seed: int, steps: int | None = None) -> Iterator[AnyArray]:
        """Uniform ones, so many or without end."""
        space, generator = self.env.single_action_space, np.random.default_rng(seed)
        while steps is None or steps > 0:
            yield generator.uniform(space.low, space.high).astype(space.dtype)
            steps = None if steps is None else steps - 1

    def _step(self, episode: Episode, action: AnyArray) -> None:
        observation, reward, terminated, truncated, info = self.env.step(action[None])
        episode.observations.append(np.array(observation[0]))
        episode.actions.append(action)
        episode.rewards.append(float(reward[0]))
        episode.terminated, episode.truncated = bool(terminated[0]), bool(truncated[0])
        episode.says_success |= "is_success" in info
        episode.faults += info.get("faults", {}).values()
