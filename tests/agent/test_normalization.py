import numpy as np
import pytest

from robo_ddpg.agent.normalization import Normalizer


def test_statistics_added_in_parts_are_those_of_the_whole() -> None:
    data = np.random.default_rng(0).normal(3.0, 2.0, (100, 2)).astype(np.float32)
    normalizer = Normalizer(2, freeze_after=1000)
    for part in np.split(data, [1, 7, 60]):
        normalizer.update(part)

    normalized = normalizer(data)

    np.testing.assert_allclose(normalized.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(normalized.std(axis=0), 1.0, atol=1e-5)


def test_outliers_are_clipped_and_constant_components_are_not_blown_up() -> None:
    normalizer = Normalizer(2, freeze_after=1000)
    normalizer.update(np.array([[-1.0, 7.0], [1.0, 7.0]], np.float32))

    normalized = normalizer(np.array([[100.0, 7.01], [-100.0, 7.0]], np.float32))

    np.testing.assert_allclose(normalized, [[5.0, 1.0], [-5.0, 0.0]], atol=1e-4)


def test_statistics_freeze() -> None:
    normalizer = Normalizer(1, freeze_after=2)
    normalizer.update(np.array([[-1.0], [1.0]], np.float32))
    normalizer.update(np.array([[50.0]], np.float32))

    assert normalizer(np.array([0.5], np.float32)) == pytest.approx(0.5)


def test_nothing_seen_means_unchanged() -> None:
    observation = np.array([0.25, -2.0], np.float32)

    np.testing.assert_array_equal(Normalizer(2, 10)(observation), observation)
