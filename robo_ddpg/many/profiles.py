"""Performance profiles: which share of a group's runs ends with at least so much."""

from dataclasses import dataclass

import numpy as np

from robo_ddpg.many.curves import bootstrap_band
from robo_ddpg.many.groups import Group, Measure
from tasks.arrays import Array

POINTS = 201
"""Scores at which a profile is known."""


@dataclass(frozen=True)
class Profile:
    """The share of runs over a score (Dolan & More 2002; Agarwal et al. 2021)."""

    name: str
    """Of the group."""
    score: Array
    """Success rates or returns, (n,), rising."""
    share: Array
    """Share of the runs whose score is at least that, (n,)."""
    low: Array
    """Lower edge of its 95 % bootstrap band over seeds."""
    high: Array
    """Upper edge."""


def profiles(groups: list[Group], measure: Measure) -> list[Profile]:
    """One for each group that has scores: those of evaluations at the end, or the best before."""
    scores = {group.name: _scores(group, measure) for group in groups}
    known = {name: values for name, values in scores.items() if len(values)}
    if not known:
        return []
    every = np.concatenate(list(known.values()))
    low, high = (0.0, 1.0) if measure == "success" else (float(every.min()), float(every.max()))
    return [
        _profile(name, values, np.linspace(low, high, POINTS)) for name, values in known.items()
    ]


def _scores(group: Group, measure: Measure) -> Array:
    found = [run.success if measure == "success" else run.returns for run in group.runs]
    return np.array([score for score in found if score is not None])


def _profile(name: str, scores: Array, at: Array) -> Profile:
    reached = (scores[:, None] >= at - 1e-12).astype(float)
    low, high = bootstrap_band(reached, lambda rows: np.asarray(rows.mean(axis=-2)))
    return Profile(name, at, reached.mean(axis=0), low, high)
