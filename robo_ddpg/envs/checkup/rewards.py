"""Whether rewards tell actions apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.checkup.finding import HURTS, NOTE, Finding
from robo_ddpg.envs.checkup.player import Episode

ENOUGH = 100
"""Steps that are needed to say that rewards never vary."""
LARGE = 1e4
"""Rewards whose root mean square is more than this, or less than its inverse, are wild."""
USUAL, OUTLIER = 0.9, 1e4
"""A reward that is so many times as large as this share of them hides these."""
FLAT = 1e-3
"""Rewards that vary by a smaller share of their mean look all the same to a critic."""


def reward_findings(episodes: Sequence[Episode], *, goals: bool, normalised: bool) -> list[Finding]:
    """What is wrong with rewards.

    Args:
        episodes: with random actions.
        goals: whether hindsight can reward other goals.
        normalised: whether training divides them by the running size of returns.
    """
    rewards = np.concatenate([episode.rewards for episode in episodes])
    if len(rewards) < ENOUGH:
        return []
    survival = len({len(episode) for episode in episodes if episode.terminated}) > 1
    if np.ptp(rewards) == 0:
        return [_constant(rewards, goals, survival)]
    found = _scale(rewards, normalised) + _outlier(rewards)
    return found if survival else found + _flat(rewards)


def _constant(rewards: NDArray[Any], goals: bool, survival: bool) -> Finding:
    value, name = rewards[0], "constant reward"
    said = f"the reward was {value:g} in all {len(rewards):,} steps of random actions"
    if goals:
        text = f"{said}: without hindsight (relabel_future) nothing would be learned from it"
        return Finding(name, NOTE, text)
    if survival and value != 0:
        end = "as long" if value > 0 else "as short"
        text = f"{said}: all that is rewarded is an episode {end} as can be"
        return Finding(name, NOTE, text)
    text = (
        f"{said}: none of them is better than another; reward progress too, or give the "
        "environment goals (compute_reward), from which hindsight learns"
    )
    return Finding(name, HURTS, text)


def _scale(rewards: NDArray[Any], normalised: bool) -> list[Finding]:
    size = float(np.sqrt(np.square(rewards).mean()))
    if 1 / LARGE < size < LARGE:
        return []
    said = f"rewards are about {size:.2g} a step"
    factor = 10.0 ** -np.round(np.log10(size))
    if normalised:
        text = (
            f"{said}: harmless while returns are normalised (return_scale, the default); with the "
            f"presets td3 and ddpg-2015 give --agent.reward-scale {factor:g}"
        )
    else:
        text = f"{said}: give --agent.reward-scale {factor:g}, or --agent.return-scale 10"
    return [Finding("reward scale", NOTE if normalised else HURTS, text)]


def _outlier(rewards: NDArray[Any]) -> list[Finding]:
    sizes = np.abs(rewards)
    usual = float(np.quantile(sizes, USUAL))
    if usual == 0 or sizes.max() < OUTLIER * usual:
        return []
    largest = rewards[sizes.argmax()]
    text = (
        f"one reward was {largest:g} where nine in ten are within {usual:.2g}: it hides all "
        "others; make it at most a hundred times as large as these"
    )
    return [Finding("hidden rewards", HURTS, text)]


def _flat(rewards: NDArray[Any]) -> list[Finding]:
    spread, mean = rewards.std(), rewards.mean()
    if spread >= FLAT * abs(mean):
        return []
    text = (
        f"rewards vary by {spread:.2g} about {mean:.6g}, which a critic can hardly tell apart: "
        "subtract the constant"
    )
    return [Finding("reward offset", HURTS, text)]
