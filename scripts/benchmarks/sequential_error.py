"""How often sequential evaluation errs, and how many episodes it saves: by simulation.

    python scripts/benchmarks/sequential_error.py

Episodes are tosses of a coin here, so that many evaluations take seconds. Prints Markdown.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.evaluation.betting import (
    ERROR,
    log_wealth,
    log_wealth_above,
    log_wealth_below,
)
from robo_ddpg.evaluation.sequential import AT_ONCE

EVALUATIONS = 10_000
BUDGET = 2_000
"""Episodes at most."""
LOOKS = np.arange(AT_ONCE, BUDGET + 1, AT_ONCE)
POWER = 0.8
"""Of the tests of a fixed size that are compared with."""

Counts = NDArray[np.int64]
Wealth = Callable[[int, int], float]
"""Successes and failures -> logarithm of what was won."""


def main() -> None:
    """Print both tables."""
    rng = np.random.default_rng(0)
    print(f"{EVALUATIONS} evaluations each, at most {BUDGET} episodes, a look every {AT_ONCE}\n")
    missed = missed_by_sequence(rng, 0.9)
    print(
        f"the 95 % confidence sequence ever misses a success rate of 90 %: {100 * missed:.2f} %\n"
    )
    print("| true success | above 95 % | below 95 % | undecided | episodes, mean | fixed size |")
    print("|---|---|---|---|---|---|")
    for rate in (0.80, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99, 1.0):
        print(at_least_row(rng, rate, 0.95))
    print("\n| only A | only B | better | worse | no difference | episodes, mean | fixed size |")
    print("|---|---|---|---|---|---|---|")
    for only_a, only_b in ((0.1, 0.1), (0.02, 0.02), (0.05, 0.1), (0.02, 0.1), (0.0, 0.1)):
        print(comparison_row(rng, only_a, only_b))


def at_least_row(rng: np.random.Generator, rate: float, share: float) -> str:
    """One true success rate."""
    failures = rng.binomial(AT_ONCE, 1.0 - rate, (EVALUATIONS, len(LOOKS))).cumsum(axis=1)
    limit = math.log(1.0 / ERROR)
    most = critical(lambda s, f: log_wealth_above(s, f, share), limit)
    fewest = critical(lambda f, s: log_wealth_below(s, f, share), limit)
    above, below = first(failures <= most), first(LOOKS - failures <= fewest)
    ended = np.minimum(np.minimum(above, below), len(LOOKS) - 1)
    shares = [(above < below).mean(), (below < above).mean(), (above == below).mean()]
    cells = [f"{100 * rate:g} %", *(f"{100 * x:.2f} %" for x in shares)]
    return row(*cells, f"{LOOKS[ended].mean():.0f}", fixed_size(rate, share))


def comparison_row(rng: np.random.Generator, only_a: float, only_b: float) -> str:
    """One pair of shares of episodes that only one of two controllers solves."""
    shares = (only_a, only_b, 1.0 - only_a - only_b)
    draws = rng.multinomial(AT_ONCE, shares, (EVALUATIONS, len(LOOKS)))
    a, b = draws[..., 0].cumsum(axis=1), draws[..., 1].cumsum(axis=1)
    limit = math.log(2.0 / ERROR)
    most = np.array([fewest_lost(int(n), limit) for n in range(int((a + b).max()) + 1)])
    better, worse = first(a <= most[a + b]), first(b <= most[a + b])
    ended = np.minimum(np.minimum(better, worse), len(LOOKS) - 1)
    verdicts = [(better < worse).mean(), (worse < better).mean(), (better == worse).mean()]
    cells = [f"{100 * only_a:g} %", f"{100 * only_b:g} %", *(f"{100 * x:.2f} %" for x in verdicts)]
    return row(*cells, f"{LOOKS[ended].mean():.0f}", fixed_pairs(rng, only_a, only_b))


def missed_by_sequence(rng: np.random.Generator, rate: float) -> float:
    """Share of evaluations whose confidence sequence misses the true rate after any episode."""
    limit = math.log(1.0 / ERROR)
    trials = range(1, BUDGET + 1)
    inside = [
        [s for s in range(n + 1) if log_wealth(s, n - s, rate) < limit] for n in trials[:60]
    ] + [inside_near(n, rate, limit) for n in trials[60:]]
    low, high = (np.array([bound(each) for each in inside]) for bound in (min, max))
    successes = (rng.random((EVALUATIONS, BUDGET)) < rate).cumsum(axis=1)
    return float(((successes < low) | (successes > high)).any(axis=1).mean())


def inside_near(trials: int, rate: float, limit: float) -> list[int]:
    """The least and the greatest number of successes with which the rate is not excluded."""
    low = high = round(trials * rate)
    while low > 0 and log_wealth(low - 1, trials - low + 1, rate) < limit:
        low -= 1
    while high < trials and log_wealth(high + 1, trials - high - 1, rate) < limit:
        high += 1
    return [low, high]


def critical(wealth: Wealth, limit: float) -> Counts:
    """At each look, the most of the second count with which the limit is reached; or -1."""
    found, failures = [], -1
    for look in LOOKS.tolist():
        while wealth(look - failures - 1, failures + 1) >= limit:
            failures += 1
        found.append(failures)
    return np.array(found)


def fewest_lost(pairs: int, limit: float) -> int:
    """Of so many pairs, the most that may be lost when it is certain who is better; or -1."""
    lost = -1
    while 2 * (lost + 1) < pairs and log_wealth_above(pairs - lost - 1, lost + 1, 0.5) >= limit:
        lost += 1
    return lost


def first(reached: NDArray[np.bool_]) -> Counts:
    """Index of the first look at which it is so; their number where never."""
    never = reached.shape[1]
    return np.array(np.where(reached.any(axis=1), reached.argmax(axis=1), never))


def fixed_size(rate: float, share: float) -> str:
    """Episodes of an exact binomial test with the same error and a power of 80 %."""
    if rate == share:
        return "-"
    for trials in range(20, BUDGET + 1):
        upper = rate > share
        under, true = binomial(trials, share), binomial(trials, rate)
        tail = under[::-1].cumsum()[::-1] if upper else under.cumsum()
        if true[tail <= ERROR].sum() >= POWER:
            return str(trials)
    return f"> {BUDGET}"


def fixed_pairs(rng: np.random.Generator, only_a: float, only_b: float) -> str:
    """Episodes of McNemar's exact test, likewise, by simulation."""
    if only_a == only_b:
        return "-"
    for trials in range(20, BUDGET + 1, 10):
        draws = rng.multinomial(trials, (only_a, only_b, 1 - only_a - only_b), 2000)
        pairs = draws[:, 0] + draws[:, 1]
        most = np.array([most_lost(n) for n in range(int(pairs.max()) + 1)])
        if (draws[:, 0] <= most[pairs]).mean() >= POWER:
            return str(trials)
    return f"> {BUDGET}"


def most_lost(pairs: int) -> int:
    """Of so many pairs, the most that may be lost with a significant rest; or -1."""
    tail = binomial(pairs, 0.5).cumsum()
    return int((tail <= ERROR / 2).sum()) - 1


def binomial(trials: int, rate: float) -> NDArray[np.float64]:
    """Probabilities of 0 to `trials` successes."""
    k = np.arange(trials + 1)
    factorials = np.array([math.lgamma(i + 1) for i in k])
    logs = factorials[-1] - factorials - factorials[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        won = np.where(k > 0, k * np.log(rate), 0.0)
        lost = np.where(trials - k > 0, (trials - k) * np.log1p(-rate), 0.0)
    return np.array(np.exp(logs + won + lost))


def row(*cells: str) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
