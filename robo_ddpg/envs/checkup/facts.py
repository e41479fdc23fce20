"""What an environment is like, apart from what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from robo_ddpg.envs.checkup.player import Episode


@dataclass(frozen=True)
class Facts:
    """What was seen of an environment."""

    observation: dict[str, list[int]]
    """Part -> its shape."""
    observation_size: int
    """Numbers that a policy sees."""
    action_low: list[float]
    action_high: list[float]
    episode_steps: int | None
    """Time limit [steps]."""
    steps: int
    """Steps played with random actions."""
    lengths: list[int]
    """Of the episodes that ended [steps]."""
    terminated: int
    """How many of them were terminated."""
    reward_low: float
    reward_high: float
    returns: list[float]
    """Of the episodes that ended."""
    says_success: bool
    """Whether `info` has `is_success`, or `success`."""
    steps_per_s: float | None
    """Of one simulation by itself; None if that could not be seen."""
    time_shares: dict[str, float]
    """Where that time goes: `step`, `wrappers`, `reset`, `rendering`."""
    training: dict[str, Any]
    """As training steps it: `simulations`, `steps_per_s` of all together, `notes`."""


def facts_of(
    described: dict[str, Any],
    bounds: Any,
    episode_steps: int | None,
    episodes: Sequence[Episode],
    **measured: Any,
) -> Facts:
    """Facts from episodes with random actions.

    Args:
        described: what the environment says of itself.
        bounds: its action space.
        episode_steps: its time limit.
        episodes: those that were played.
        **measured: `steps_per_s`, `time_shares` and `training`.
    """
    rewards = np.concatenate([episode.rewards for episode in episodes])
    ended = [episode for episode in episodes if episode.ended]
    parts = described["observation"]
    return Facts(
        observation={part["name"]: list(part["shape"]) for part in parts},
        observation_size=sum(part["size"] for part in parts),
        action_low=bounds.low.tolist(),
        action_high=bounds.high.tolist(),
        episode_steps=episode_steps,
        steps=len(rewards),
        lengths=list(map(len, ended)),
        terminated=sum(episode.terminated for episode in ended),
        reward_low=float(rewards.min(initial=np.inf)),
        reward_high=float(rewards.max(initial=-np.inf)),
        returns=[float(sum(episode.rewards)) for episode in ended],
        says_success=any(episode.says_success for episode in episodes),
        **measured,
    )
