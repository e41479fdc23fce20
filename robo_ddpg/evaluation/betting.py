"""Certainty that holds whenever one looks: tests by betting on a share of successes.

Bet one unit that a share is not what a hypothesis says. The bet that pays q/p for a success and
(1 - q)/(1 - p) for a failure is fair if the share is p, so what has been won by then, and any mean
of it over several q, is a martingale: by Ville's inequality (1939) it ever reaches 1/alpha with
probability at most alpha, no matter how often one looks and when one stops. (Robbins 1970;
Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B
86(1), whose bets on a mean are these for values of 0 and 1.)
"""

import math
from collections.abc import Callable

import numpy as np

from tasks.arrays import Array

ERROR = 0.05
"""Probability of a wrong verdict, at most."""
ALTERNATIVES = 64
"""Shares that are bet on, in equal parts."""
_PRECISION = 1e-6
"""Of the ends of a confidence sequence."""


def log_wealth_above(successes: int, failures: int, share: float) -> float:
    """Logarithm of what is won by betting that the true share is above `share`.

    The alternatives lie closer to each other towards 1. Under any share up to `share` what is won
    is a supermartingale: for q > p the mean payment grows with the true share.

    Args:
        successes: how many there were.
        failures: how many there were.
        share: within (0, 1).
    """
    steps = np.arange(ALTERNATIVES) / ALTERNATIVES
    return _log_mean_wealth(successes, failures, share, 1.0 - (1.0 - share) * steps**2)


def log_wealth_below(successes: int, failures: int, share: float) -> float:
    """Likewise, that it is below."""
    return log_wealth_above(failures, successes, 1.0 - share)


def log_wealth(successes: int, failures: int, share: float) -> float:
    """Logarithm of what is won by betting that the true share is another than `share`.

    The mean over all alternatives with Jeffreys' weights has a closed form (Krichevsky and Trofimov
    1981): B(s + 1/2, f + 1/2) / B(1/2, 1/2), divided by p^s (1 - p)^f.
    """
    mixed = _log_beta(successes + 0.5, failures + 0.5) - _log_beta(0.5, 0.5)
    return mixed - _log_power(share, successes) - _log_power(1.0 - share, failures)


def confidence_sequence(successes: int, failures: int, error: float = ERROR) -> tuple[float, float]:
    """The shares against which less than 1/error was won: an interval that is valid at any time.

    With probability 1 - error the true share lies in all of the intervals of a sequence of
    episodes, so that one may stop by what one sees.

    Args:
        successes: how many there were.
        failures: how many there were; without any episode it is (0, 1).
        error: probability that the true share is ever missed.
    """
    limit, trials = math.log(1.0 / error), successes + failures
    centre = successes / trials if trials else 0.5

    def is_inside(share: float) -> bool:
        return log_wealth(successes, failures, share) < limit

    low = 0.0 if successes == 0 else _edge(0.0, centre, is_inside)
    high = 1.0 if failures == 0 else _edge(1.0, centre, is_inside)
    return low, high


def _edge(outside: float, inside: float, is_inside: Callable[[float], bool]) -> float:
    """Where an interval ends, by bisection; rounded outwards."""
    while abs(inside - outside) > _PRECISION:
        middle = 0.5 * (outside + inside)
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return outside


def _log_mean_wealth(successes: int, failures: int, share: float, alternatives: Array) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        won = np.where(successes, successes * np.log(alternatives / share), 0.0)
        lost = np.where(failures, failures * np.log((1.0 - alternatives) / (1.0 - share)), 0.0)
    logs = won + lost
    most = float(logs.max())
    return most + math.log(float(np.exp(logs - most).mean()))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_power(base: float, exponent: int) -> float:
    if exponent == 0:
        return 0.0
    return exponent * math.log(base) if base > 0.0 else -math.inf
