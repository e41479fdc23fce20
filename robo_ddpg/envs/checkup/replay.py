"""An episode played again, with or without changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.checkup.player import Episode, Player

STEPS = 100
"""So much of an episode is played again."""


@dataclass(frozen=True)
class Parting:
    """Where two episodes first differ."""

    step: int
    """0 for their first observation."""
    difference: float
    """Largest of any component, relatively above 1; infinite where only one of them ended."""


class Replay:
    """Plays the beginning of one episode again and again."""

    def __init__(self, player: Player, episodes: Sequence[Episode]) -> None:
        """Take episodes; the longest of them is played again."""
        self.player, self.original = player, max(episodes, key=len)
        self.seed, self.actions = self.original.seed, self.original.actions[:STEPS]
        self.episode = player.play(self.seed, self.actions)
        """What the others are compared with."""

    def parting(self, seed: int | None, actions: Sequence[NDArray[Any]]) -> Parting | None:
        """Where an episode with as many actions parts from the replayed one; None if nowhere.

        Raises:
            TimeoutError: there was no time to see.
        """
        parting = parting_of(self.episode, self.player.play(seed, actions))
        if parting is None and self.player.out_of_time:
            raise TimeoutError
        return parting


def parting_of(one: Episode, other: Episode) -> Parting | None:
    """Where two episodes part, as far as both were played."""
    steps = min(len(one), len(other))
    for step in range(steps + 1):
        if (difference := _difference(one, other, step)) > 0:
            return Parting(step, difference)
    early = [e for e in (one, other) if e.ended and len(e) == steps]
    return Parting(steps, np.inf) if early and len(one) != len(other) else None


def _difference(one: Episode, other: Episode, step: int) -> float:
    """Of the observations after a step, or of its rewards."""
    ours, theirs = (
        np.append(e.observations[step], e.rewards[step - 1] if step else 0.0) for e in (one, other)
    )
    size = np.maximum(np.maximum(np.abs(ours), np.abs(theirs)), 1.0)
    return float(np.max(np.abs(ours - theirs) / size))
