"""Statistics of evaluation episodes."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""
RESAMPLES = 2000
"""Bootstrap resamples."""


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
    samples: NDArray[np.float64] = np.asarray(values, float)
    rng = np.random.default_rng(seed)
    means = samples[rng.integers(len(samples), size=(RESAMPLES, len(samples)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
