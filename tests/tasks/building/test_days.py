"""Weather, sun, people and prices, against what is known of them."""

import numpy as np
import pytest

from tasks.building import days, sun
from tasks.building.heat_pump import cooling_efficiency, efficiency, heating_efficiency
from tasks.building.house import ARCHETYPES

HOUSE = ARCHETYPES["refurbished"]
YEAR = 365 * 24


@pytest.fixture(scope="module")
def year() -> days.Days:
    return days.draw(HOUSE, 0, YEAR, [np.random.default_rng(seed) for seed in range(6)])


def test_the_sun_is_highest_at_noon_of_midsummer() -> None:
    up, _, _ = sun.directions()
    noon = int(np.argmax(up))
    assert noon // 24 == pytest.approx(171, abs=2)  # 21 June
    assert noon % 24 in (11, 12)
    latitude, tilt, half_past = np.radians([sun.LATITUDE, 23.45, 7.5])
    highest = np.sin(latitude) * np.sin(tilt) + np.cos(latitude) * np.cos(tilt) * np.cos(half_past)
    assert up.max() == pytest.approx(highest, abs=1e-5)


def test_days_are_as_long_as_latitude_and_declination_say() -> None:
    up, _, _ = sun.directions()
    light = (up.reshape(365, 24) > 0).sum(1)
    longest = 2 / 15 * np.degrees(np.arccos(-np.tan(np.radians(52.4)) * np.tan(np.radians(23.45))))
    assert light.max() == pytest.approx(longest, abs=1)
    assert light.min() == pytest.approx(24 - longest, abs=1)


def test_directions_to_the_sun_have_length_one() -> None:
    assert np.sum(np.square(sun.directions()), axis=0) == pytest.approx(np.ones(YEAR))


@pytest.mark.parametrize(("clouds", "total", "diffuse"), [(0.0, 1.0, 0.3), (1.0, 0.25, 0.25)])
def test_clouds_take_light_as_measured(clouds: float, total: float, diffuse: float) -> None:
    light = sun.through_clouds(np.array([800.0]), np.array([clouds]))
    assert [each[0] / 800.0 for each in light] == pytest.approx([total, diffuse])


def test_winter_is_cold_and_summer_warm(year: days.Days) -> None:
    month = year.outdoor_c.mean(1)
    assert month.mean() == pytest.approx(days.YEAR_C, abs=0.8)
    assert month[: 31 * 24].mean() == pytest.approx(days.YEAR_C - days.SEASON_K, abs=2.0)
    assert month[181 * 24 : 212 * 24].mean() == pytest.approx(days.YEAR_C + days.SEASON_K, abs=2.0)


def test_weather_persists_for_days(year: days.Days) -> None:
    season, _ = days._year()
    daily = (year.outdoor_c.T - season).reshape(6, 365, 24).mean(2)
    ahead = np.corrcoef(daily[:, :-1].ravel(), daily[:, 1:].ravel())[0, 1]
    assert ahead == pytest.approx(np.exp(-24 / days.HOURS_KEPT[0]), abs=0.1)


def test_panels_yield_what_panels_in_germany_do(year: days.Days) -> None:
    assert 900 < year.panel.sum(0).mean() < 1200  # kWh per kWp


def test_evenings_are_dear_and_sunny_noons_cheap(year: days.Days) -> None:
    summer = year.price[150 * 24 : 240 * 24].T.reshape(6, 90, 24).mean((0, 1))
    assert summer.argmax() in (19, 20, 21)
    assert summer.argmin() in (11, 12, 13)
    assert year.price.mean() == pytest.approx(0.0785, abs=0.01)  # Germany, 2024
    assert year.price.min() == 0.0


def test_people_are_out_on_working_days_only_while_it_is_day(year: days.Days) -> None:
    at_home = year.people[: 52 * 168].T.reshape(6, 52, 7, 24)
    assert at_home[..., 17:].all() and at_home[..., :8].all()
    assert at_home[:, :, :5, 12].mean() == pytest.approx(days.STAYS_IN[0], abs=0.1)
    assert at_home[:, :, 5:, 12].mean() == pytest.approx(days.STAYS_IN[1], abs=0.1)


def test_an_episode_draws_from_its_own_generator_only() -> None:
    both = days.draw(HOUSE, -1, 48, [np.random.default_rng(1), np.random.default_rng(2)])
    alone = days.draw(HOUSE, -1, 48, [np.random.default_rng(2)])
    np.testing.assert_array_equal(both.outdoor_c[:, 1], alone.outdoor_c[:, 0])
    assert not np.array_equal(both.price[:, 0], both.price[:, 1])


def test_a_heat_pump_does_best_where_it_lifts_least() -> None:
    assert efficiency(np.array([30.0]))[0] == pytest.approx(3.747)  # 6.81 - 3.63 + 0.567
    heating = heating_efficiency(np.array([-10.0, 0.0, 10.0]))
    assert heating == pytest.approx([2.64075, 3.747, 5.13675])  # lifts of 45, 30 and 15 K
    assert (np.diff(cooling_efficiency(np.array([34.0, 38.0, 45.0]))) < 0).all()


def test_beyond_its_measurements_the_curve_rests() -> None:
    near, far = efficiency(np.array([15.0, 60.0])), efficiency(np.array([-20.0, 90.0]))
    np.testing.assert_array_equal(near, far)
