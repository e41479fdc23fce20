"""Whether episodes end, and for which reason."""

from collections.abc import Sequence

from robo_ddpg.envs.checkup.finding import HURTS, NOTE, Finding
from robo_ddpg.envs.checkup.player import Episode
from robo_ddpg.envs.guarded import UNLIMITED_STEPS

NEVER_ENDS = "never ends"
ENOUGH = 5
"""Ended episodes that are needed to call their lengths all the same."""


def ending_findings(episodes: Sequence[Episode], episode_steps: int | None) -> list[Finding]:
    """What is wrong with how episodes end.

    Args:
        episodes: with random actions.
        episode_steps: the time limit [steps]; None if the environment has none.
    """
    ended = [episode for episode in episodes if episode.ended]
    first = [episode for episode in ended if len(episode) == 1]
    if first:
        return [_at_once(len(first), len(ended))]
    if episode_steps is None and any(len(episode) >= UNLIMITED_STEPS for episode in ended):
        return [_endless()]
    lengths = {len(episode) for episode in ended}
    alike = len(ended) >= ENOUGH and len(lengths) == 1
    if alike and all(episode.terminated for episode in ended):
        return [_terminated(len(ended), lengths.pop(), episode_steps)]
    return []


def _at_once(count: int, of: int) -> Finding:
    all_of_them = count == of
    which = f"all {of} episodes" if all_of_them else f"{count} of {of} episodes"
    text = (
        f"{which} ended at their first step, where no action has a consequence yet; look at what "
        "ends them, or at how they start"
    )
    return Finding("ends at the first step", HURTS if all_of_them else NOTE, text)


def _endless() -> Finding:
    text = (
        f"an episode went on for {UNLIMITED_STEPS:,} steps, and there is no time limit: episodes "
        "are cut off there, whatever the task needs; return truncated=True where time is up, or "
        "register it and give --environment.max-episode-steps"
    )
    return Finding(NEVER_ENDS, HURTS, text)


def _terminated(count: int, steps: int, episode_steps: int | None) -> Finding:
    limit = ", its time limit" if steps == episode_steps else ""
    text = (
        f"all {count} episodes were terminated after exactly {steps:,} steps{limit}, whatever the "
        "actions: a termination says that nothing is to come, so that values near the end are "
        "learned wrong; where time is up, return terminated=False and truncated=True"
    )
    return Finding("truncation reported as termination", HURTS, text)
