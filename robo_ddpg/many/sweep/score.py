"""What a run of a sweep is worth, and which are not worth going on with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robo_ddpg.evaluation.statistics import bootstrap_interval
from robo_ddpg.many.groups import Measure
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.settings import TrainSettings

PRUNED_AFTER = 0.25
"""Share of the budget before which no trial is given up."""
FEWEST = 4
"""Trials that have to have ended before one is given up."""


@dataclass(frozen=True)
class Budget:
    """How long each run of a sweep may take."""

    column: str
    """`training_s` or `transitions`."""
    most: float
    """In its unit."""

    @classmethod
    def of(cls, settings: TrainSettings) -> "Budget":
        """Time where it is limited, otherwise transitions."""
        if settings.minutes is not None:
            return cls("training_s", 60.0 * settings.minutes)
        return cls("transitions", float(settings.steps))


def score(
    rows: Sequence[Row], measure: Measure, budget: Budget, upto: float | None = None
) -> float | None:
    """The mean of a run's evaluations over its budget: what is learned sooner counts more.

    Between evaluations it is a straight line; before the first, success is 0 and a return what it
    is there. A run that mastered its task keeps its last value to the end.

    Args:
        rows: of metrics.csv.
        measure: success or return.
        budget: of the run.
        upto: where to stop; the end of the budget if not given.

    Returns:
        The mean; None if nothing was measured.
    """
    column, end = f"evaluation_{measure}", budget.most if upto is None else upto
    known = [row for row in rows if row.get(column) is not None]
    if not known:
        return None
    x, y = (np.array([row[name] for row in known], float) for name in (budget.column, column))
    start = 0.0 if measure == "success" else y[0]
    x, y = np.concatenate([[0.0], x]), np.concatenate([[start], y])
    points = np.unique(np.append(x[x < end], end))
    return float(np.trapezoid(np.interp(points, x, y), points) / end)


def lower_bound(scores: Sequence[float]) -> float:
    """What a trial is judged by: the lower end of its seeds' 95 % bootstrap interval.

    With one to three seeds that is the worst of them.
    """
    return bootstrap_interval(scores)[0]


def is_hopeless(
    rows: Sequence[Row],
    ended: Sequence[Sequence[Sequence[Row]]],
    measure: Measure,
    budget: Budget,
) -> bool:
    """Whether a trial is given up because of one of its seeds.

    The median rule (Golovin et al. 2017, Google Vizier): its score so far is below the median, over
    the trials that have ended, of what their worst seed had by then.

    Args:
        rows: of one of its runs, as far as it is.
        ended: trial -> seed -> rows, of those that have ended.
        measure: success or return.
        budget: of each run.
    """
    if len(ended) < FEWEST or not rows:
        return False
    at = rows[-1][budget.column] or 0.0
    own = score(rows, measure, budget, at) if at >= PRUNED_AFTER * budget.most else None
    if own is None:
        return False
    theirs = [[score(seed, measure, budget, at) for seed in trial] for trial in ended]
    worst = [min(known) for trial in theirs if (known := [x for x in trial if x is not None])]
    return bool(worst) and own < float(np.median(worst))
