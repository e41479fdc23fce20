"""Whether observations say something, in numbers that a learner can take."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.normalization import Normalizer
from robo_ddpg.envs.checkup.finding import HURTS, NOTE, Finding, listed
from robo_ddpg.envs.checkup.player import Episode

AnyArray = NDArray[Any]

ENOUGH = 100
"""Observations that are needed to say that something never varies."""
FAINT = 0.1
"""A component whose normalised standard deviation is less is hardly seen by the learner."""
ROUNDING = 1e-12
"""A component that varies by less, relatively above 1, does not."""
WIDE = 1e6
"""Ratio of standard deviations, and of means to these, that is worth a word."""


def observation_findings(
    episodes: Sequence[Episode], names: Sequence[str], may_rest: Sequence[bool]
) -> list[Finding]:
    """What is wrong with what was observed.

    Args:
        episodes: with random actions.
        names: of the components.
        may_rest: which of them need not vary.
    """
    rows = np.concatenate([episode.observations for episode in episodes]).astype(float)
    found = _not_finite(episodes)
    if len(rows) >= ENOUGH:
        numbers = ~np.array(may_rest)
        found += _constant(rows, names, numbers)
        found += _faint(rows, names, numbers) + _wild(rows, numbers)
    return found


def _not_finite(episodes: Sequence[Episode]) -> list[Finding]:
    faults = [fault for episode in episodes for fault in episode.faults]
    if not faults:
        return []
    steps = sum(map(len, episodes))
    text = (
        f"{faults[0]}; {len(faults)} of {steps:,} steps were not finite: such steps are dropped "
        "and end their episodes; mend the environment, or end the episode before"
    )
    return [Finding("not finite", HURTS, text)]


def _spread(rows: AnyArray) -> AnyArray:
    """Standard deviation of each component; 0 where nothing but rounding varies."""
    spread = rows.std(axis=0)
    return np.where(spread > ROUNDING * (1.0 + np.abs(rows).max(axis=0)), spread, 0.0)


def _constant(rows: AnyArray, names: Sequence[str], numbers: AnyArray) -> list[Finding]:
    still = _spread(rows) == 0
    if still.all():
        text = (
            f"the observation was the same in all {len(rows):,} steps: nothing can be learned "
            "from it but one action; observe what the actions change"
        )
        return [Finding("constant observation", HURTS, text)]
    still &= numbers
    if not still.any():
        return []
    which = listed([names[k] for k in np.flatnonzero(still).tolist()])
    text = (
        f"{still.sum()} of {len(names)} components of the observation never varied in "
        f"{len(rows):,} steps ({which}): if they never do, leave them out"
    )
    return [Finding("constant components", NOTE, text)]


def _faint(rows: AnyArray, names: Sequence[str], numbers: AnyArray) -> list[Finding]:
    """Components that hardly vary even when they are normalised as the learner does it."""
    normalizer = Normalizer(rows.shape[1], len(rows))
    normalizer.update(rows)
    seen, spread = normalizer(normalizer.relative(rows)).std(axis=0), _spread(rows)
    faint = np.flatnonzero(numbers & (spread > 0) & (seen < FAINT)).tolist()
    if not faint:
        return []
    k, more = faint[0], len(faint) - 1
    others = f" (and {more} other components likewise)" if more else ""
    text = (
        f"{names[k]} varies by {spread[k]:.2g}, and by {seen[k]:.1g} once it is normalised where "
        f"others vary by 1{others}: give it in a smaller unit, unless it varies more than with "
        "random actions"
    )
    return [Finding("observation scale", NOTE, text)]


def _wild(rows: AnyArray, numbers: AnyArray) -> list[Finding]:
    """What only normalisation makes good."""
    spread, far = _spread(rows)[numbers], np.abs(rows.mean(axis=0))[numbers]
    far, spread = far[spread > 0], spread[spread > 0]
    if len(spread) == 0 or np.max([spread.max(), far.max()]) < WIDE * min(spread.min(), 1.0):
        return []
    text = (
        f"components of the observation vary by {spread.min():.2g} to {spread.max():.2g} about "
        f"means of up to {far.max():.2g}: they are normalised by default, but not with the presets "
        "td3 and ddpg-2015"
    )
    return [Finding("observation scales", NOTE, text)]
