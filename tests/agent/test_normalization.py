import numpy as np
import pytest

from robo_ddpg.agent.normalization import Normalizer, ReturnScale

ALL = np.array([True])
NONE = np.array([False])


def test_statistics_added_in_parts_are_those_of_the_whole() -> None:
    data = np.random.default_rng(0).normal(3.0, 2.0, (100, 2)).astype(np.float32)
    normalizer = Normalizer(2, freeze_after=1000)
    for part in np.split(data, [1, 7, 60]):
        normalizer.update(part)

    normalized = normalizer(normalizer.relative(data))

    np.testing.assert_allclose(normalized.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(normalized.std(axis=0), 1.0, atol=1e-5)


def test_outliers_are_clipped_and_constant_components_are_not_blown_up() -> None:
    normalizer = Normalizer(2, freeze_after=1000)
    normalizer.update(np.array([[-2.0, 7.0], [2.0, 7.0]]))

    normalized = normalizer(normalizer.relative(np.array([[100.0, 8.0], [-100.0, 7.0]])))

    np.testing.assert_allclose(normalized, [[5.0, 0.5], [-5.0, 0.0]])


def test_a_component_that_is_constant_but_for_rounding_counts_as_constant() -> None:
    normalizer = Normalizer(2, freeze_after=1000)
    rounding = 1e6 * np.finfo(np.float64).eps
    normalizer.update(np.array([[-1.0, 1e6], [1.0, 1e6 + rounding]]))

    normalized = normalizer(normalizer.relative(np.array([0.0, 1e6 + 100 * rounding])))

    np.testing.assert_allclose(normalized, 0.0, atol=1e-6)


def test_a_component_that_hardly_varied_is_not_blown_up() -> None:
    normalizer = Normalizer(2, freeze_after=1000)
    normalizer.update(np.array([[-1.0, -1e-9], [1.0, 1e-9]]))

    normalized = normalizer(normalizer.relative(np.array([0.0, 1e-6])))

    np.testing.assert_allclose(normalized, [0.0, 0.01], rtol=1e-5)


@pytest.mark.parametrize(
    ("unit", "offset"), [(1e-3, 0.0), (1e3, 0.0), (1e-8, 0.0), (1.0, 1e6), (1e-3, 1e3), (1e8, -1e9)]
)
def test_units_and_offsets_do_not_matter(unit: float, offset: float) -> None:
    data = np.random.default_rng(0).normal(0.0, 1.0, (200, 3)) * [1.0, 0.1, 10.0]
    plain, other = Normalizer(3, freeze_after=1000), Normalizer(3, freeze_after=1000)
    for part in np.split(data, [8, 16, 120]):
        plain.update(part)
        other.update(part * unit + offset)

    expected = plain(plain.relative(data))
    got = other(other.relative(data * unit + offset))
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_without_a_shift_what_is_stored_is_what_was_observed() -> None:
    normalizer = Normalizer(1, freeze_after=1000, shifted=False)
    normalizer.update(np.array([[3.0], [5.0]]))

    np.testing.assert_array_equal(normalizer.relative(np.array([7.0])), [7.0])
    np.testing.assert_allclose(normalizer(np.array([7.0], np.float32)), [3.0])


def test_statistics_freeze() -> None:
    normalizer = Normalizer(1, freeze_after=2)
    normalizer.update(np.array([[-1.0], [1.0]], np.float32))
    normalizer.update(np.array([[50.0]], np.float32))

    assert normalizer(np.array([0.5], np.float32)) == pytest.approx(0.5)


def test_nothing_seen_means_unchanged() -> None:
    observation = np.array([0.25, -2.0], np.float32)

    np.testing.assert_array_equal(Normalizer(2, 10)(observation), observation)


def rewarded(scale: ReturnScale, *rewards: float) -> ReturnScale:
    for reward in rewards:
        scale.update(np.array([reward], np.float32), ALL, NONE)
    return scale


def test_rewards_are_scaled_to_the_size_of_discounted_returns() -> None:
    scale = rewarded(ReturnScale(10.0, 0.5, num_envs=1), 4.0, 6.0)  # returns 4 and 8

    assert scale.factor == pytest.approx(10.0 / np.sqrt((16.0 + 64.0) / 2.0))


def test_the_unit_of_rewards_does_not_matter() -> None:
    small = rewarded(ReturnScale(10.0, 0.9, num_envs=1), 1.0, -2.0, 3.0)
    large = rewarded(ReturnScale(10.0, 0.9, num_envs=1), 1e4, -2e4, 3e4)

    assert small.factor == pytest.approx(1e4 * large.factor)


def test_a_return_ends_with_its_episode() -> None:
    scale = ReturnScale(1.0, 0.5, num_envs=1)
    scale.update(np.array([4.0], np.float32), ALL, ended=ALL)
    rewarded(scale, 4.0)

    assert scale.factor == pytest.approx(0.25)


def test_invalid_steps_are_not_counted() -> None:
    scale = rewarded(ReturnScale(1.0, 0.5, num_envs=1), 4.0)
    scale.update(np.array([np.nan], np.float32), NONE, ended=ALL)

    assert scale.factor == pytest.approx(0.25)


def test_rewards_stay_as_they_are_without_a_size_and_before_the_first_of_them() -> None:
    assert rewarded(ReturnScale(0.0, 0.5, num_envs=1), 4.0).factor == 1.0
    assert rewarded(ReturnScale(10.0, 0.5, num_envs=1), 0.0).factor == 1.0


def test_statistics_survive_saving() -> None:
    saved = rewarded(ReturnScale(10.0, 0.5, num_envs=1), 4.0, 6.0)
    loaded = ReturnScale(10.0, 0.5, num_envs=1)
    loaded.load_state(saved.state())

    assert loaded.factor == saved.factor
