"""A building that is heated, cooled and paid for: what actions do to it, what is seen of it."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from tasks.arrays import Array, Generators, Ids
from tasks.building.battery import Battery
from tasks.building.days import Days, draw
from tasks.building.heat_pump import cooling_efficiency, heating_efficiency
from tasks.building.house import ARCHETYPES, House
from tasks.building.settings import FEES, BuildingSettings
from tasks.quantities import Measure

WEIGHTS = {"thrift": 0.5, "comfort": 0.5}
HEAT_EUR_KWH, CHARGE_EUR_KWH = 0.05, 0.20
"""What a kilowatt hour of heat in the mass, and of electricity in the battery, is worth [EUR]: near
0.7 of what it takes on average to bring it there. `thrift` counts what is stored as not yet spent,
which changes nothing about which behaviour is best (Ng, Harada & Russell 1999, Policy invariance
under reward transformations), but much about how soon it shows."""
KEPT = 0.98
"""Share of that worth that is left after an hour: the discount that this is exact for."""
DEAR_EUR_KWH = 0.50
"""Price at which the greatest consumption makes `thrift` 0."""
JOULE_KWH = 3.6e6
HARSH_K = 2.0
"""So far out of comfort, `comfort` is 0."""
PRICES_H, WEATHER_H = range(1, 13), (1, 3, 6, 12, 24)
"""Hours ahead whose price and weather are observed: prices of the next day are published at about
13 h, so that twelve hours are always known."""
AHEAD_H = max(*PRICES_H, *WEATHER_H) + 1
START_C = (20.5, 23.0)
REASONS, LIMITS = ("ramp", "charge"), ("too_cold", "too_hot")
MEASURED = {
    "cost_eur": Measure("cost", "EUR"),
    "energy_kwh": Measure("electricity of the heat pump", "kWh"),
    "discomfort_kh": Measure("out of comfort", "K h"),
    "too_cold": Measure("too cold", "K"),
    "too_hot": Measure("too hot", "K"),
}


@dataclass
class Step:
    """What the last step of n buildings led to, (n,) each."""

    air_c: Array
    """Mean temperature of the air."""
    surface_c: Array
    """The same of walls, floors and furniture."""
    heat_w: Array
    """What the heat pump brought in; negative where it cooled."""
    pump_kwh: Array
    """Its electricity."""
    grid_kwh: Array
    """What was bought; negative where electricity was sold."""
    cost_eur: Array
    too_cold_k: Array
    """How far below comfort; negative within."""
    too_hot_k: Array
    stored_eur: Array
    """What was added to the worth of heat and charge, (n,)."""
    usual_eur: Array
    """What it costs a house that just stays in comfort and stores nothing, (n,)."""
    altered: dict[str, Array] = field(default_factory=dict)
    """One of `REASONS` -> by how much an action was cut, in units of actions."""


class Building:
    """n buildings with their own days, heated and cooled by actions."""

    def __init__(self, settings: BuildingSettings, count: int) -> None:
        """Build them; `reset` has to follow.

        Args:
            settings: what they are like.
            count: number of buildings n.
        """
        self.settings, self.count = settings, count
        self.house = House(ARCHETYPES[settings.archetype], count, settings.step_h * 3600)
        self.battery = Battery(settings.battery_kwh, count)
        self.action_size = 2 if settings.battery_kwh else 1
        self.hours = settings.episode_days * 24 + AHEAD_H
        self.days = Days.empty(count, self.hours)
        self.heating, self.cooling = np.ones((2, self.hours, count))
        """Heat per electricity, (hours, n)."""
        self.steps = np.zeros(count, np.intp)
        self.total = {name: np.zeros(count) for name in ("cost_eur", "energy_kwh", "discomfort_kh")}
        """What the episode has come to so far."""
        self.last = self._at_rest(np.full(count, START_C[0]))
        self._every = np.arange(count)

    @property
    def whole_bill(self) -> bool:
        """Whether the household is on the bill, because something can be done about it."""
        return bool(self.settings.battery_kwh or self.settings.solar_kwp)

    def reset(self, ids: Ids, rngs: Generators) -> None:
        """Start episodes; building `ids[i]` draws from `rngs[i]` only."""
        spread = self.settings.random_house
        drawn = draw(self.house.archetype, self.settings.first_day, self.hours, rngs)
        drawn_shares = np.array([rng.random(6) for rng in rngs]).T
        losses, capacity, gains, pump = 1 + spread * (2 * drawn_shares[:4] - 1)
        warm_c, level = START_C[0] + (START_C[1] - START_C[0]) * drawn_shares[4], drawn_shares[5]
        drawn.sun_w *= gains
        drawn.inner_w *= gains
        fees = np.resize(FEES, self.hours)[:, None]
        drawn.price += self.settings.levies_eur_kwh + self.settings.grid_fee_eur_kwh * fees
        self.days.put(ids, drawn)
        self.house.set(ids, losses, capacity)
        self.heating[:, ids] = pump * heating_efficiency(drawn.outdoor_c)
        self.cooling[:, ids] = pump * cooling_efficiency(drawn.outdoor_c)
        self.house.mass_c[ids] = warm_c
        self.battery.reset(ids, level)
        self.steps[ids] = 0
        for total in self.total.values():
            total[ids] = 0.0
        for name, values in vars(self._at_rest(warm_c)).items():
            if name != "altered":
                getattr(self.last, name)[ids] = values

    def _at_rest(self, warm_c: Array) -> Step:
        """As if it had been as warm everywhere, without a heat pump."""
        rest = np.zeros((8, len(warm_c)))
        return Step(warm_c.copy(), warm_c.copy(), *rest)

    @property
    def hour(self) -> Ids:
        """Of the episode, (n,)."""
        hour = self.steps * self.settings.step_minutes // 60
        return np.asarray(np.minimum(hour, self.hours - AHEAD_H))

    def step(self, action: Array) -> Step:
        """Heat, cool and trade for one step.

        With the setting `comfort` an action of 0 heats and cools no more than comfort asks for,
        +1 heats to its upper bound and -1 cools to its lower one; that of the battery is added
        to a power that leaves nothing to the grid. With `power` they are the powers: of the
        heat pump from cooling to heating, and of the battery from giving to taking.

        Args:
            action: within [-1, 1], (n, a).
        """
        days, now, before = self.days, self.present, self._worth_eur()
        asked = action[:, 0]
        if self.settings.action == "comfort":
            asked = self._within_comfort(asked, now)
        heat = self._within_ramp(asked)
        watt = np.where(heat > 0, heat / self.heating.take(now), -heat / self.cooling.take(now))
        pump = watt / 1000 * self.settings.step_h
        air, surface = self.house.advance(
            days.outdoor_c.take(now), days.inner_w.take(now), days.sun_w.take(now), heat
        )
        altered = {"ramp": np.abs(heat / self._pump_w - asked)}
        own = self._own_kwh(now)
        grid = pump + own + self._charged(action, pump + own, altered)
        cold, hot = self.settings.low_c - air, air - self.settings.high_c
        stored = KEPT**self.settings.step_h * self._worth_eur() - before
        cost, usual = (self._bill_eur(each, now) for each in (grid, own + self._steady_kwh(now)))
        self.last = Step(air, surface, heat, pump, grid, cost, cold, hot, stored, usual, altered)
        self._add_up()
        self.steps = self.steps + 1
        return self.last

    @property
    def _pump_w(self) -> float:
        return 1000 * self.settings.pump_kw

    def _within_comfort(self, action: Array, now: Ids) -> Array:
        """Share of the pump's power that keeps within comfort, narrowed by the action, (n,).

        As a pump does that follows a room's thermostat within the step.
        """
        settings, days = self.settings, self.days
        span = settings.high_c - settings.low_c
        low = settings.low_c + span * np.maximum(action, 0.0)
        high = settings.high_c + span * np.minimum(action, 0.0)
        air, per_w = self.house.outlook(
            days.outdoor_c.take(now), days.inner_w.take(now), days.sun_w.take(now)
        )
        heat = np.maximum((low - air) / per_w, 0.0) + np.minimum((high - air) / per_w, 0.0)
        return np.clip(heat / self._pump_w, -1.0, 1.0)

    def _within_ramp(self, share: Array) -> Array:
        """The heat that can be had [W], (n,)."""
        most = 1000 * self.settings.ramp_kw_h * self.settings.step_h
        change = np.clip(share * self._pump_w - self.last.heat_w, -most, most)
        return np.asarray(self.last.heat_w + change)

    def _own_kwh(self, now: Ids) -> Array:
        """What the household takes from the grid besides heat pump and battery [kWh], (n,)."""
        if not self.whole_bill:
            return np.zeros(self.count)
        own = self.days.household_w.take(now) / 1000
        return np.asarray(
            (own - self.settings.solar_kwp * self.days.panel.take(now)) * self.settings.step_h
        )

    def _charged(self, action: Array, used: Array, altered: dict[str, Array]) -> Array:
        """What the battery takes where everything else uses so much [kWh], (n,)."""
        altered["charge"] = np.zeros(self.count)
        if not self.settings.battery_kwh:
            return np.zeros(self.count)
        most = self.settings.battery_kw * self.settings.step_h
        asked = most * action[:, 1]
        if self.settings.action == "comfort":
            asked = np.clip(asked - used, -most, most)
        taken = self.battery.exchange(asked)
        altered["charge"] = np.abs(taken - asked) / most
        return np.asarray(taken)

    def _steady_kwh(self, now: Ids) -> Array:
        """Electricity that keeps a house at the bounds of comfort [kWh], (n,)."""
        days, settings = self.days, self.settings
        gains = days.inner_w.take(now) + days.sun_w.take(now)
        low, high = (
            self.house.loss_w_k * (bound - days.outdoor_c.take(now)) - gains
            for bound in (settings.low_c, settings.high_c)
        )
        watt = np.maximum(low, 0.0) / self.heating.take(now)
        watt += np.maximum(-high, 0.0) / self.cooling.take(now)
        return np.asarray(watt / 1000 * settings.step_h)

    def _bill_eur(self, grid_kwh: Array, now: Ids) -> Array:
        """What is paid for what is taken, less what is earned by what is given, (n,)."""
        price = np.where(grid_kwh > 0, self.days.price.take(now), self.settings.feed_in_eur_kwh)
        return np.asarray(grid_kwh * price)

    def _worth_eur(self) -> Array:
        """Of the heat in the mass above the lower bound, and of the charge [EUR], (n,)."""
        heat = (self.house.mass_c - self.settings.low_c) * self.house.capacity / JOULE_KWH
        return np.asarray(HEAT_EUR_KWH * heat + CHARGE_EUR_KWH * self.battery.charge_kwh)

    @property
    def out_of_comfort_k(self) -> Array:
        """How far the last step was out of comfort [K], (n,)."""
        return np.maximum(np.maximum(self.last.too_cold_k, self.last.too_hot_k), 0.0)

    def _add_up(self) -> None:
        self.total["cost_eur"] += self.last.cost_eur
        self.total["energy_kwh"] += self.last.pump_kwh
        self.total["discomfort_kh"] += self.out_of_comfort_k * self.settings.step_h

    def reward_terms(self) -> dict[str, Array]:
        """How cheap and how comfortable the last step was, (n,) each, in [0, 1]."""
        least, most = self._costs_eur_h
        spent = (self.last.cost_eur - self.last.stored_eur) / self.settings.step_h
        cost = (spent - least) / (most - least)
        return {
            "thrift": 1 - np.clip(cost, 0.0, 1.0),
            "comfort": 1 - np.minimum(self.out_of_comfort_k / HARSH_K, 1.0),
        }

    def reward(self, terms: dict[str, Array]) -> Array:
        """The terms' weighted sum, less what it is for a house that just stays in comfort, (n,).

        What that costs depends on weather and prices alone, so that nothing changes about which
        behaviour is best; but rewards of winter and summer become alike.
        """
        least, most = self._costs_eur_h
        usual = self.last.usual_eur / self.settings.step_h
        rest = WEIGHTS["thrift"] * (most - usual) / (most - least) + WEIGHTS["comfort"]
        return np.asarray(sum(WEIGHTS[name] * term for name, term in terms.items()) - rest)

    @property
    def _costs_eur_h(self) -> tuple[float, float]:
        """About the least and the most that an hour can cost, less what it stores."""
        settings = self.settings
        battery = settings.battery_kw if settings.battery_kwh else 0.0
        least = HEAT_EUR_KWH * settings.pump_kw + CHARGE_EUR_KWH * battery
        least += settings.feed_in_eur_kwh * settings.solar_kwp
        return -least, DEAR_EUR_KWH * (settings.pump_kw / 3 + battery)

    def observe(self) -> dict[str, Array]:
        """Named parts, (n, k) each, usual values within [-1, 1]."""
        days, settings = self.days, self.settings
        now = self.present[:, None]
        ahead, soon = (now + self.count * np.array([0, *h]) for h in (WEATHER_H, PRICES_H))
        error = settings.forecast_error_k * np.sqrt(np.array([0, *WEATHER_H]) / 24)
        outdoor = days.outdoor_c.take(ahead) + error * days.surprise.take(ahead)
        last = np.stack([self.last.air_c, self.last.surface_c], axis=1)
        parts = {
            "indoor": (last - 22.0) / 4.0,
            "pump": (self.last.heat_w / self._pump_w)[:, None],
            "outdoor": (outdoor - 10.0) / 15.0,
            "sun": days.sun_w.take(ahead) / 3000.0,
            "price": (days.price.take(soon) - 0.25) / 0.15,
            "time": self._hands(),
            "people": days.people.take(now),
        }
        if settings.battery_kwh:
            parts["charge"] = 2 * self.battery.level[:, None] - 1
        if self.whole_bill:
            parts["household"] = days.household_w.take(now) / 1000.0
            parts["panel"] = days.panel.take(ahead)
        return parts

    @property
    def present(self) -> Ids:
        """Where the present hour of each building is in the flattened days, (n,)."""
        return np.asarray(self.hour * self.count + self._every)

    def _hands(self) -> Array:
        """Hands of a clock and of a calendar, (n, 4)."""
        a_day = 24 * 60 // self.settings.step_minutes
        steps = (self.days.first_day * a_day + self.steps) % (365 * a_day)
        return np.asarray(_hands(a_day).take(steps, axis=0))


@cache
def _hands(a_day: int) -> Array:
    """Sines and cosines of the time of day and of the year, by step of the year, (steps, 4).

    Args:
        a_day: steps in a day.
    """
    turns = 2 * np.pi * np.arange(365 * a_day) / a_day
    hands = (np.sin(turns), np.cos(turns), np.sin(turns / 365), np.cos(turns / 365))
    return np.stack(hands, axis=1)
