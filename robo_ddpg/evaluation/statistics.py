"""Statistics of evaluation episodes, single and in pairs: one episode under two controllers."""

import math

import numpy as np
from numpy.typing import ArrayLike

from robo_ddpg.runs.evaluation_statistics import Estimate, Spread
from tasks.arrays import Array, Mask

Z_95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""
RESAMPLES = 2000
"""Bootstrap resamples."""
MOST_EXACT = 14
"""Differences that are not zero up to which every sign is tried; beyond, signs are drawn."""
DRAWS = 20_000
"""Sign patterns drawn where not all are tried."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % confidence interval of a success rate (Wilson 1927).

    Args:
        successes: number of successes.
        trials: number of independent trials, positive.

    Raises:
        ValueError: the counts are impossible.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"expected 0 <= successes <= trials > 0, got {successes} of {trials}")
    share, z2 = successes / trials, Z_95**2
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    spread = math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    half = Z_95 * spread / (1 + z2 / trials)
    low = 0.0 if successes == 0 else centre - half  # exact where rounding would leave 1e-16
    high = 1.0 if successes == trials else centre + half
    return low, high


def interquartile_mean(values: ArrayLike) -> float:
    """Mean of the middle half, robust to outliers (Agarwal et al. 2021, arXiv:2108.13264)."""
    ordered = np.sort(np.asarray(values, float))
    quarter = len(ordered) // 4
    return float(ordered[quarter : len(ordered) - quarter].mean())


def bootstrap_interval(values: ArrayLike, seed: int = 0) -> tuple[float, float]:
    """95 % confidence interval of the mean (Efron 1979, percentile bootstrap)."""
    samples: Array = np.asarray(values, float)
    rng = np.random.default_rng(seed)
    means = samples[rng.integers(len(samples), size=(RESAMPLES, len(samples)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def success_rate(success: Mask) -> Estimate:
    """Share of the episodes solved, (n,), with Wilson's interval."""
    return Estimate(float(success.mean()), *wilson_interval(int(success.sum()), len(success)))


def mean_estimate(values: Array) -> Estimate:
    """Mean of values, (n,), with its bootstrap interval."""
    return Estimate(float(values.mean()), *bootstrap_interval(values))


def spread(values: Array, with_mean: bool = False) -> Spread:
    """How values, (n,), spread; those that are not known, NaN, do not count.

    Args:
        values: one per episode.
        with_mean: whether the mean is given too; then all are known.
    """
    known = values[np.isfinite(values)]
    mean = float(values.mean()) if with_mean else None
    if not len(known):
        return Spread(None, None, None, mean)
    median, p90, most = (float(np.quantile(known, level)) for level in (0.5, 0.9, 1.0))
    return Spread(median, p90, most, mean)


def mcnemar_exact(only_a: int, only_b: int) -> float:
    """Two-sided p-value that A and B are equally likely to be the only one that succeeds.

    The exact form of McNemar's test (1947): under the hypothesis the pairs that disagree are
    tosses of a fair coin.

    Args:
        only_a: pairs where only A succeeded.
        only_b: pairs where only B succeeded.
    """
    tosses, fewer = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(tosses, k) for k in range(fewer + 1))
    return min(1.0, 2.0 * tail / 2.0**tosses)


def paired_share_interval(a: Mask, b: Mask) -> tuple[float, float]:
    """95 % interval of the success rate of B minus that of A on the same episodes.

    Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", method 10: Wilson's intervals, joined with the pairs' correlation.
    """
    n = len(a)
    share_a, share_b = float(a.mean()), float(b.mean())
    (low_a, high_a), (low_b, high_b) = (wilson_interval(int(x.sum()), n) for x in (a, b))
    correlation = _correlation(a, b)
    difference = share_b - share_a
    below = _joined(share_b - low_b, high_a - share_a, correlation)
    above = _joined(high_b - share_b, share_a - low_a, correlation)
    return max(-1.0, difference - below), min(1.0, difference + above)


def sign_flip_test(difference: Array, seed: int = 0) -> float:
    """Two-sided p-value that paired differences are as likely to be positive as negative.

    A permutation test (Fisher 1935): under the hypothesis A and B may be swapped in any pair. With
    few differences every pattern of signs is tried; with many they are drawn, and the observed one
    is counted among them, so that the p-value is never too small.

    Args:
        difference: one per pair, (n,).
        seed: of the draws.
    """
    nonzero = difference[difference != 0]
    k = len(nonzero)
    if k == 0:
        return 1.0
    observed = abs(nonzero.sum()) * (1 - 1e-12)  # sums of the same numbers may differ in rounding
    if k <= MOST_EXACT:
        patterns = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
        return float((np.abs((2 * patterns - 1) @ nonzero) >= observed).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    for _ in range(DRAWS // 1000):
        signs = 2 * rng.integers(2, size=(1000, k), dtype=np.int8) - 1
        extreme += int((np.abs(signs @ nonzero) >= observed).sum())
    return (extreme + 1) / (DRAWS + 1)


def _joined(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one**2 - 2 * correlation * one * other + other**2))


def _correlation(a: Mask, b: Mask) -> float:
    """Correlation of two columns of successes with Newcombe's continuity correction."""
    both, neither = int((a & b).sum()), int((~a & ~b).sum())
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    margins = a.sum() * (~a).sum() * b.sum() * (~b).sum()
    if margins == 0:
        return 0.0
    excess = float(both * neither - only_a * only_b)
    if excess > 0:
        excess = max(excess - len(a) / 2, 0.0)
    return float(excess / math.sqrt(float(margins)))
