"""The curve of a group of runs: what is typical of its seeds, and how certain that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from robo_ddpg.many.found import FoundRun
from robo_ddpg.many.groups import Group, Measure
from tasks.arrays import Array

Over = Literal["time", "transitions", "updates"]

COLUMN = {"time": "training_s", "transitions": "transitions", "updates": "updates"}
"""What curves are drawn against -> column of metrics.csv."""
RESAMPLES = 2000
"""Bootstrap resamples of the seeds."""
MOST_POINTS = 200
"""Of an aggregated curve."""


@dataclass(frozen=True)
class RunCurve:
    """What was measured in a run at each of its evaluations."""

    seed: int
    """Of the run."""
    x: Array
    """Training time [s], transitions or updates, (n,), rising."""
    y: Array
    """Success rate or return, (n,)."""
    goes_on: bool
    """Whether it had ended by itself, so that its last value stands for what would follow."""


@dataclass(frozen=True)
class GroupCurve:
    """A group's curve on the points where every run of it is known; arrays of (n,)."""

    name: str
    """Of the group."""
    runs: tuple[RunCurve, ...]
    """Every run that was evaluated at all."""
    x: Array
    """Training time [s], transitions or updates."""
    median: Array
    """Over the seeds."""
    iqm: Array
    """Interquartile mean over the seeds."""
    low: Array
    """Lower edge of the 95 % bootstrap band of the interquartile mean."""
    high: Array
    """Upper edge."""


def group_curve(group: Group, measure: Measure, over: Over) -> GroupCurve | None:
    """Join the curves of a group's runs.

    Between evaluations a run's curve is a straight line. A run that ended by itself keeps its last
    value; one that was interrupted, or still runs, ends the group's curve where it is.

    Args:
        group: the runs.
        measure: what is shown.
        over: what it is shown against.

    Returns:
        The curve; None if nothing was measured.
    """
    found = (_run_curve(run, measure, over) for run in group.runs)
    runs = tuple(curve for curve in found if len(curve.x))
    if not runs:
        return None
    x = _points(runs)
    values = np.array([np.interp(x, run.x, run.y) for run in runs])
    low, high = bootstrap_band(values, interquartile_means)
    return GroupCurve(
        group.name, runs, x, np.median(values, axis=0), interquartile_means(values), low, high
    )


def interquartile_means(values: Array) -> Array:
    """Mean of the middle half along the last axis but one: of (..., seeds, n) the (..., n).

    Of fewer than four seeds none is left out (Agarwal et al. 2021, arXiv:2108.13264).
    """
    quarter = values.shape[-2] // 4
    middle = np.sort(values, axis=-2)[..., quarter : values.shape[-2] - quarter, :]
    return np.asarray(middle.mean(axis=-2))


def bootstrap_band(
    values: Array, statistic: Callable[[Array], Array], seed: int = 0
) -> tuple[Array, Array]:
    """95 % percentile bootstrap band of a statistic over seeds, (n,) each (Efron 1979).

    Args:
        values: one row per seed, (seeds, n); whole rows are drawn.
        statistic: of (resamples, seeds, n) the (resamples, n).
        seed: of the draws.
    """
    drawn = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(statistic(values[drawn]), [0.025, 0.975], axis=0)
    return low, high


def _run_curve(run: FoundRun, measure: Measure, over: Over) -> RunCurve:
    column = f"evaluation_{measure}"
    known = [row for row in run.rows if None not in (row.get(column), row.get(COLUMN[over]))]
    x, y = (np.array([row[name] for row in known], float) for name in (COLUMN[over], column))
    return RunCurve(run.seed or 0, x, y, run.state == "finished")


def _points(runs: Sequence[RunCurve]) -> Array:
    """Where some run was evaluated and all are known."""
    start = max(run.x[0] for run in runs)
    ends = [run.x[-1] for run in runs if not run.goes_on] or [max(run.x[-1] for run in runs)]
    every = np.unique(np.concatenate([run.x for run in runs]))
    inside = every[(every >= start) & (every <= min(ends))]
    if len(inside) <= MOST_POINTS:
        return inside if len(inside) else np.array([start])
    return np.linspace(inside[0], inside[-1], MOST_POINTS)
