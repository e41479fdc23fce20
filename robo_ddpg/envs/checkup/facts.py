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
    ended: int
    """Episodes among them that came to their end."""
    terminated: int
    """How many of these were terminated."""
    shortest: int | None
    """The shortest of these [steps]; None if there are none."""
    longest: int | None
    """The longest of these [steps]."""
    return_mean: float | None
    """Of these."""
    reward_low: float
    """Least reward of a step."""
    reward_high: float
    """Greatest reward of a step."""
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
        ended=len(ended),
        terminated=sum(episode.terminated for episode in ended),
        shortest=min(map(len, ended), default=None),
        longest=max(map(len, ended), default=None),
        return_mean=float(np.mean([sum(e.rewards) for e in ended])) if ended else None,
        reward_low=float(rewards.min()) + 0.0,
        reward_high=float(rewards.max()) + 0.0,
        says_success=any(episode.says_success for episode in episodes),
        **measured,
    )
