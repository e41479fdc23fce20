"""Shaping functions."""

import numpy as np
import pytest

from tasks.rewards import closeness, tolerance


def test_tolerance_is_1_within_the_bounds_and_a_tenth_one_margin_outside() -> None:
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    values = tolerance(x, bounds=(0.0, 1.0), margin=1.0)
    np.testing.assert_allclose(values, [0.1, 1.0, 1.0, 1.0, 0.1])


def test_tolerance_falls_as_a_gaussian() -> None:
    # A tenth at one margin, so a tenth to the fourth power at two.
    np.testing.assert_allclose(tolerance(np.array([2.0]), margin=1.0), 1e-4)


def test_without_margin_the_edge_is_sharp() -> None:
    x = np.array([-1e-9, 0.0, 1.0, 1.0 + 1e-9])
    np.testing.assert_array_equal(tolerance(x, bounds=(0.0, 1.0)), [0.0, 1.0, 1.0, 0.0])


@pytest.mark.parametrize(("bounds", "margin"), [((1.0, 0.0), 0.0), ((0.0, 1.0), -1.0)])
def test_reversed_bounds_and_negative_margins_are_refused(
    bounds: tuple[float, float], margin: float
) -> None:
    with pytest.raises(ValueError, match="expected low <= high and margin >= 0"):
        tolerance(np.zeros(1), bounds, margin)


def test_closeness_is_1_at_no_distance_and_falls_to_0() -> None:
    values = closeness(np.array([0.0, 0.5, 100.0]), 0.5)
    np.testing.assert_allclose(values, [1.0, 0.2384058, 0.0], atol=1e-7)


def test_closeness_still_has_a_slope_several_scales_away() -> None:
    near, far = closeness(np.array([3.0, 3.1]), 1.0)
    assert near - far > 5e-4
