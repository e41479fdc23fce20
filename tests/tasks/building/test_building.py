"""What actions do to buildings, what it costs, and what is seen of it."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from tasks.building.battery import EFFICIENCY, Battery
from tasks.building.building import KEPT, WEATHER_H, Building
from tasks.building.named import BUILDINGS
from tasks.building.rules import PriceRule, Storing, Thermostat
from tasks.building.settings import FEES, BuildingSettings


def buildings(count: int, name: str = "building", **settings: Any) -> Building:
    """Some that were reset, whose actions are powers."""
    settings = {"action": "power", **settings}
    building = Building(dataclasses.replace(BUILDINGS[name].settings, **settings), count)
    building.reset(np.arange(count), [np.random.default_rng(seed) for seed in range(count)])
    return building


def test_heat_costs_its_electricity_at_the_price_of_the_hour() -> None:
    building = buildings(2, ramp_kw_h=1e3)
    step = building.step(np.array([[0.5], [-0.5]]))
    kilowatt = np.array([5 / building.heating[0, 0], 5 / building.cooling[0, 1]])
    np.testing.assert_allclose(step.heat_w, [5000, -5000])
    np.testing.assert_allclose(step.pump_kwh, kilowatt)
    np.testing.assert_allclose(step.cost_eur, kilowatt * building.days.price[0])


def test_an_action_of_zero_does_no_more_than_comfort_asks_for() -> None:
    building = buildings(20, action="comfort", ramp_kw_h=1e3)
    for _ in range(building.settings.episode_steps):
        step = building.step(np.zeros((20, 1)))
        heated, cooled = step.heat_w > 0.0, step.heat_w < 0.0
        able = np.abs(step.heat_w) < 1000 * building.settings.pump_kw - 1e-6
        np.testing.assert_allclose(step.air_c[heated & able], building.settings.low_c)
        np.testing.assert_allclose(step.air_c[cooled & able], building.settings.high_c)
        assert (step.too_cold_k[able] < 1e-9).all() and (step.too_hot_k[able] < 1e-9).all()


def test_actions_narrow_the_band_of_comfort() -> None:
    building = buildings(2, action="comfort", ramp_kw_h=1e3, pump_kw=1e4)
    step = building.step(np.array([[0.5], [-1.0]]))
    np.testing.assert_allclose(step.air_c, [23.0, 20.0])


def test_a_battery_leaves_nothing_to_the_grid_unless_it_is_told_to() -> None:
    building = buildings(20, "building-battery", action="comfort")
    building.battery.charge_kwh[:] = 5.0
    step = building.step(np.zeros((20, 2)))
    within = np.abs(building.battery.charge_kwh - 5.0) < building.settings.battery_kw * 0.9
    assert within.any()
    np.testing.assert_allclose(step.grid_kwh[within], 0.0, atol=1e-9)


def test_prices_have_the_fees_of_their_hour() -> None:
    plain = buildings(1, levies_eur_kwh=0.0, grid_fee_eur_kwh=0.0, feed_in_eur_kwh=0.0)
    priced = buildings(1, levies_eur_kwh=0.1, grid_fee_eur_kwh=0.2)
    fees = (priced.days.price - plain.days.price)[:24, 0]
    np.testing.assert_allclose(fees, 0.1 + 0.2 * np.array(FEES))


def test_the_pump_is_ramped() -> None:
    building = buildings(1, ramp_kw_h=4.0, step_minutes=15)
    heats = [building.step(np.ones((1, 1))).heat_w[0] for _ in range(12)]
    np.testing.assert_allclose(heats, np.minimum(1000.0 * np.arange(1, 13), 10_000))
    assert building.step(-np.ones((1, 1))).altered["ramp"][0] == pytest.approx(1.9)


def test_hours_last_as_many_steps_as_they_have() -> None:
    building = buildings(1, step_minutes=15)
    seen = []
    for _ in range(8):
        seen.append(building.hour[0])
        building.step(np.zeros((1, 1)))
    assert seen == [0, 0, 0, 0, 1, 1, 1, 1]


def test_discomfort_is_counted_in_kelvin_hours() -> None:
    building = buildings(1, low_c=30.0, high_c=31.0, step_minutes=30)
    expected = 0.0
    for _ in range(6):
        step = building.step(np.zeros((1, 1)))
        expected += 0.5 * (30.0 - step.air_c[0])
    assert building.total["discomfort_kh"][0] == pytest.approx(expected)
    assert building.reward_terms()["comfort"][0] == 0.0


def test_rewards_of_an_episode_are_what_was_spent() -> None:
    """With everything weighted by the discount, what was stored counts at the ends only."""
    building, rng = buildings(4, "building-battery"), np.random.default_rng(0)
    start = building._worth_eur()
    rewarded = spent = np.zeros(4)
    for k in range(40):
        building.step(0.3 * rng.uniform(-1, 1, (4, 2)))
        rewarded = rewarded + KEPT**k * (building.last.stored_eur - building.last.cost_eur)
        spent = spent + KEPT**k * building.last.cost_eur
    np.testing.assert_allclose(rewarded, KEPT**40 * building._worth_eur() - start - spent)


@pytest.mark.parametrize("name", BUILDINGS)
def test_terms_of_the_reward_are_shares_and_what_is_usual_is_worth_nothing(name: str) -> None:
    building, rng = buildings(64, name, first_day=20), np.random.default_rng(0)
    clipped = 0
    for _ in range(100):
        building.step(rng.uniform(-1, 1, (64, building.action_size)))
        terms = building.reward_terms()
        for term in terms.values():
            assert (term >= 0).all() and (term <= 1).all()
        clipped += np.count_nonzero((terms["thrift"] == 0) | (terms["thrift"] == 1))
    assert clipped < 0.02 * 6400
    building.last.cost_eur[:], building.last.stored_eur[:] = building.last.usual_eur, 0.0
    building.last.too_cold_k[:] = building.last.too_hot_k[:] = -1.0
    np.testing.assert_allclose(building.reward(building.reward_terms()), 0.0, atol=1e-12)


def test_the_usual_cost_is_that_of_a_house_that_stays_in_comfort() -> None:
    building = buildings(1, first_day=10)
    building.house.mass_c[:] = 21.0
    cost = usual = 0.0
    for _ in range(120):
        last = building.last
        need = 8.0 * (building.settings.low_c + 0.3 - last.air_c) * building.house.loss_w_k / 1e4
        step = building.step(np.clip(need, 0.0, 1.0)[:, None])
        cost, usual = cost + step.cost_eur - step.stored_eur, usual + step.usual_eur
    assert cost == pytest.approx(usual, rel=0.1)


def test_a_battery_gives_back_less_than_it_took() -> None:
    battery = Battery(10.0, 1)
    taken = battery.exchange(np.array([4.0]))
    given = battery.exchange(np.array([-100.0]))
    assert taken[0] == 4.0
    assert given[0] == pytest.approx(-4.0 * EFFICIENCY**2)
    assert battery.charge_kwh[0] == pytest.approx(0.0, abs=1e-12)


def test_a_battery_takes_no_more_than_fits() -> None:
    battery = Battery(10.0, 1)
    assert battery.exchange(np.array([100.0]))[0] == pytest.approx(10.0 / EFFICIENCY)
    assert battery.charge_kwh[0] == 10.0
    assert battery.exchange(np.array([1.0]))[0] == pytest.approx(0.0, abs=1e-12)


def test_the_bill_is_of_pump_household_panels_and_battery() -> None:
    building = buildings(1, "building-battery", first_day=170)
    for _ in range(12):
        building.step(np.zeros((1, 2)))
    step = building.step(np.array([[0.0, 0.4]]))
    hour = int(building.hour[0]) - 1
    days = building.days
    expected = days.household_w[hour, 0] / 1000 - 8.0 * days.panel[hour, 0]
    taken = 0.4 * 5.0 * (1 - step.altered["charge"][0] / 0.4)
    assert step.grid_kwh[0] == pytest.approx(expected + taken)
    price = days.price[hour, 0] if step.grid_kwh[0] > 0 else building.settings.feed_in_eur_kwh
    assert step.cost_eur[0] == pytest.approx(step.grid_kwh[0] * price)


def test_forecasts_are_the_more_wrong_the_further_ahead() -> None:
    building = buildings(300, first_day=100)
    seen = 15 * building.observe()["outdoor"] + 10
    true = building.days.outdoor_c[[0, *WEATHER_H]].T
    wrong = (seen - true).std(0)
    assert wrong[0] == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(wrong[1:], 1.5 * np.sqrt(np.array(WEATHER_H) / 24), rtol=0.15)


def test_the_prices_seen_are_those_to_come() -> None:
    building = buildings(2)
    building.step(np.zeros((2, 1)))
    seen = 0.15 * building.observe()["price"] + 0.25
    np.testing.assert_allclose(seen, building.days.price[1:14].T)


def test_the_hands_of_the_clock_turn_once_a_day() -> None:
    building = buildings(1, step_minutes=30, first_day=0)
    for _ in range(12):
        building.step(np.zeros((1, 1)))
    np.testing.assert_allclose(building.observe()["time"][0, :2], [1.0, 0.0], atol=1e-12)  # 6 h


def test_houses_vary_if_they_shall() -> None:
    same, varied = buildings(50), buildings(50, random_house=0.2)
    assert np.ptp(same.house.loss_w_k) == 0
    factors = varied.house.capacity / same.house.capacity
    assert 0.8 <= factors.min() < 0.85 and 1.15 < factors.max() <= 1.2


def test_episodes_end_where_their_days_do() -> None:
    building = buildings(1, episode_days=1)
    for _ in range(30):
        building.step(np.zeros((1, 1)))  # whoever does not reset it stays in the last hour
    assert building.hour[0] == 24


@pytest.mark.parametrize("name", BUILDINGS)
def test_a_thermostat_keeps_comfort_and_a_rule_by_price_is_cheaper(name: str) -> None:
    totals = []
    for rule in (Thermostat, PriceRule):
        building = buildings(20, name)
        act = rule(building).act
        for _ in range(building.settings.episode_steps):
            building.step(act(np.zeros(0, np.float32)).astype(float))
        totals.append({k: v.mean() for k, v in building.total.items()})
    building = buildings(20, name, action="comfort")
    for _ in range(building.settings.episode_steps):
        building.step(Storing(building).act(np.zeros(0, np.float32)).astype(float))
    thermostat, price = totals
    assert thermostat["discomfort_kh"] < 0.5
    assert building.total["cost_eur"].mean() < price["cost_eur"] < thermostat["cost_eur"]


def test_rules_refuse_actions_that_they_do_not_mean() -> None:
    with pytest.raises(ValueError, match="rules need action='power', got 'comfort'"):
        Thermostat(buildings(1, action="comfort"))
    with pytest.raises(ValueError, match="storing needs action='comfort', got 'power'"):
        Storing(buildings(1))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"action": "heat"}, "action must be comfort or power, got 'heat'"),
        ({"archetype": "castle"}, "archetype must be one of unrefurbished, refurbished, new"),
        ({"step_minutes": 7}, "step_minutes must be one of 5, 10, 15, 20, 30, 60, got 7"),
        ({"episode_days": 0}, "episode_days must be from 1 to 366, got 0"),
        ({"first_day": 365}, "first_day must be from -1 to 364"),
        ({"low_c": 27.0}, "expected -50 <= low_c < high_c <= 60, got 27.0 and 26.0"),
        ({"pump_kw": -1.0}, "pump_kw must be positive and finite, got -1.0"),
        ({"battery_kwh": -1.0}, "battery_kwh must not be negative"),
        ({"solar_kwp": float("nan")}, "solar_kwp must not be negative"),
        ({"random_house": 1.0}, "random_house must be at least 0, below 1"),
        ({"feed_in_eur_kwh": 0.3}, "feed_in_eur_kwh must be at most 0.088"),
    ],
)
def test_settings_that_cannot_work_are_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        BuildingSettings(**settings)
