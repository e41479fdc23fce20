"""Statistics, against published values."""

import math

import numpy as np
import pytest

from robo_ddpg.evaluation.statistics import bootstrap_interval, interquartile_mean, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I,
        # method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_symmetric_and_certain_at_neither_end() -> None:
    low, high = wilson_interval(100, 100)
    assert high == 1.0
    assert 0.95 < low < 0.97
    mirrored = wilson_interval(0, 100)
    assert all(wilson_interval(0, n)[0] == 0.0 for n in range(1, 300))
    assert mirrored == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= successes <= trials > 0"):
        wilson_interval(successes, trials)


def test_the_interquartile_mean_leaves_out_both_quarters() -> None:
    assert interquartile_mean([1000.0, 3.0, -1000.0, 5.0]) == 4.0
    assert interquartile_mean([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 800.0]) == 4.5
    assert interquartile_mean([7.0]) == 7.0


def test_the_bootstrap_interval_has_the_width_that_theory_gives() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    low, high = bootstrap_interval(values)
    assert low < values.mean() < high
    expected = 2 * 1.96 * values.std() / math.sqrt(len(values))
    assert high - low == pytest.approx(expected, rel=0.1)


def test_the_bootstrap_interval_covers_the_true_mean_about_as_often_as_it_claims() -> None:
    rng = np.random.default_rng(0)
    intervals = [bootstrap_interval(rng.exponential(1.0, 50)) for _ in range(200)]
    covered = np.mean([low <= 1.0 <= high for low, high in intervals])
    assert 0.88 <= covered <= 0.99


def test_the_bootstrap_of_equal_values_is_that_value() -> None:
    assert bootstrap_interval([2.5] * 10) == (2.5, 2.5)
    assert bootstrap_interval([2.5]) == (2.5, 2.5)


def test_the_bootstrap_gives_the_same_interval_again() -> None:
    values = np.arange(30.0)
    assert bootstrap_interval(values) == bootstrap_interval(values)
