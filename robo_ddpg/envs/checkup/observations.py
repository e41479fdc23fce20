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
COARSE = 0.1
"""So much of a standard deviation may float32 lose."""
ROUNDING = 1e-12
"""A component that varies by less, relatively above 1, does not."""
WIDE = 1e6
"""Ratio of standard deviations that is worth a word."""


def names_of(described: dict[str, Any]) -> list[str]:
    """What each component of an observed vector is called."""
    return [f"{p['name']}[{k}]" for p in described["observation"] for k in range(p["size"])]


def observation_findings(
    episodes: Sequence[Episode], names: Sequence[str], is_choice: Sequence[bool]
) -> list[Finding]:
    """What is wrong with what was observed.

    Args:
        episodes: with random actions.
        names: of the components.
        is_choice: which of them say that one of several values was taken.
    """
    rows = np.concatenate([episode.observations for episode in episodes]).astype(float)
    found = _not_finite(episodes)
    if len(rows) >= ENOUGH:
        numbers = ~np.array(is_choice)
        found += _constant(rows, names, numbers) + _coarse(rows, names)
        found += _faint(rows, names, numbers) + _wide(rows, numbers)
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


def _coarse(rows: AnyArray, names: Sequence[str]) -> list[Finding]:
    """Components of which float32, in which they are kept, holds a part only."""
    lost = np.abs(rows.astype(np.float32) - rows).max(axis=0)
    spread = _spread(rows)
    coarse = np.flatnonzero((spread > 0) & (lost > COARSE * spread)).tolist()
    if not coarse:
        return []
    k = coarse[0]
    text = (
        f"{names[k]} varies by {spread[k]:.3g} about {rows[:, k].mean():.9g}, too little for "
        f"float32{_others(coarse)}: subtract the constant"
    )
    return [Finding("observation offset", HURTS, text)]


def _faint(rows: AnyArray, names: Sequence[str], numbers: AnyArray) -> list[Finding]:
    """Components that hardly vary even when they are normalised."""
    normalizer = Normalizer(rows.shape[1], len(rows))
    normalizer.update(rows)
    seen = ((rows - rows.mean(axis=0)) * normalizer.scale).std(axis=0)
    spread = _spread(rows)
    faint = np.flatnonzero(numbers & (spread > 0) & (seen < FAINT)).tolist()
    if not faint:
        return []
    k = faint[0]
    said = (
        f"{names[k]} varies by {spread[k]:.2g}, of which the learner sees {seen[k]:.1g} where it "
        f"wants 1{_others(faint)}"
    )
    if len(faint) > np.sum(numbers & (spread > 0)) / 2:
        text = f"{said}: give it in a smaller unit"
        return [Finding("observation scale", HURTS, text)]
    text = f"{said}: give it in a smaller unit, unless it varies more than with random actions"
    return [Finding("observation scale", NOTE, text)]


def _wide(rows: AnyArray, numbers: AnyArray) -> list[Finding]:
    spread = _spread(rows)[numbers]
    spread = spread[spread > 0]
    if len(spread) == 0 or spread.max() < WIDE * min(spread.min(), 1.0):
        return []
    text = (
        f"components of the observation vary by {spread.min():.2g} to {spread.max():.2g}: they are "
        "normalised by default, but not with the presets td3 and ddpg-2015"
    )
    return [Finding("observation scales", NOTE, text)]


def _others(components: Sequence[int]) -> str:
    more = len(components) - 1
    return f" (and {more} other components likewise)" if more else ""
