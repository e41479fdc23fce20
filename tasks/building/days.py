"""What happens to a building: weather, people and prices, drawn for a whole episode, hour by hour.

Seasons and the course of a day are fixed curves; what is left is drawn from first-order
autoregressive processes, as Richardson 1981, Stochastic simulation of daily precipitation,
temperature, and solar radiation, Water Resources Research 17, does for weather and Lucia & Schwartz
2002, Electricity prices and power derivatives, Review of Derivatives Research 5, for prices.
"""

import itertools
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np

from tasks.arrays import Array, Generators, Ids
from tasks.building.house import Archetype
from tasks.building.sun import HOURS, panel_power, sun_for, through_clouds, window_gain

YEAR_C, SEASON_K, COLDEST_DAY = 9.8, 9.5, 20
"""Mean temperature of a year, half the way from winter to summer, and when winter is deepest: near
Potsdam's (berlin.de, Umweltatlas: annual means of 9.5 to 10.5 °C in recent years)."""
WEATHER_K = 3.8
"""Standard deviation of days from their season [K]."""
DAY_K, CLOUDED = (2.0, 5.5), 0.7
"""Half the way from night to afternoon in midwinter and midsummer under a clear sky [K], and the
share of it that closed clouds take."""
WARMEST_HOUR = 15
CLOUDS, CLOUD_SPREAD = 0.65, 0.45
"""Mean and spread of the covered share of the sky, before it is cut off at 0 and 1."""
KNOT_H = 3
"""Anomalies are drawn every so many hours, and go straight from one to the next."""
HOURS_KEPT = np.array([72.0, 12.0, 30.0, 12.0])
"""After which anomalies of temperature, clouds, price and forecasts have fallen to 1/e [h]."""

PRICE, PRICE_SPREAD = 0.080, 0.030
"""Mean of the day-ahead price, near that of Germany in 2024, 0.0785 EUR/kWh (Bundesnetzagentur,
3 January 2025), and the spread of days around it."""
MORNING, EVENING, WIDTHS_H = (8.0, 0.025), (19.5, 0.055), (1.5, 2.0)
"""Hour and height [EUR/kWh] of the two peaks of a day, and how wide they are: with `SUN_DIP` made
to look like the days that energy exchanges publish."""
SUN_DIP = 0.11
"""By how much a sun of 1 kW/m2 on the ground lowers the price, as its panels feed in [EUR/kWh]."""

PEOPLE, PERSON_W = 3, 70.0
STANDBY_W, AT_HOME_W = 150.0, 600.0
"""Electricity of a household that is out or asleep, and that is up; about 3,000 kWh a year."""
STAYS_IN = (0.35, 0.85)
"""Chance that somebody is at home all day, on working days and at weekends."""


@dataclass
class Days:
    """Hours of n buildings, (hours, n) each: those of one hour are read together."""

    outdoor_c: Array
    sun_w: Array
    """Heat of the sun in the house [W]."""
    inner_w: Array
    """Heat of people and appliances [W]."""
    household_w: Array
    """Electricity besides the heat pump [W]."""
    people: Array
    """Share of people at home."""
    price: Array
    """Of electricity that is bought [EUR/kWh]."""
    panel: Array
    """Power of solar panels per peak power."""
    surprise: Array
    """By how much forecasts a day ahead are wrong, in standard deviations."""
    first_day: Ids
    """Of the episode, in the year, (n,)."""

    @classmethod
    def empty(cls, count: int, hours: int) -> "Days":
        """Room for n buildings."""
        names = [field.name for field in fields(cls)]
        hourly: dict[str, Any] = {name: np.zeros((hours, count)) for name in names}
        return cls(**hourly | {"first_day": np.zeros(count, np.intp)})

    def put(self, ids: Ids, drawn: "Days") -> None:
        """Take over what was drawn for some of them."""
        columns = slice(None) if len(ids) == len(self.first_day) else ids
        for field in fields(self):
            getattr(self, field.name)[..., columns] = getattr(drawn, field.name)


def draw(archetype: Archetype, first_day: int, hours: int, rngs: Generators) -> Days:
    """Draw episodes.

    Args:
        archetype: the house.
        first_day: of the year; -1 draws one.
        hours: how many.
        rngs: a generator for each episode, k of them.
    """
    shares = np.stack([rng.random(hours // 24 + 2) for rng in rngs], axis=1)
    knots = (-(-hours // KNOT_H) + 1, len(HOURS_KEPT))
    noise = np.stack([rng.standard_normal(knots) for rng in rngs], axis=1)
    first = (365 * shares[0]).astype(int) if first_day < 0 else np.full(len(rngs), first_day)
    hour = np.arange(hours)[:, None]
    clock = (first * 24 + hour) % HOURS
    warmth, cloud, dearness, surprise = _anomalies(noise, hours)
    clouds = np.clip(CLOUDS + CLOUD_SPREAD * cloud, 0.0, 1.0)
    sun = sun_for(archetype)
    light = through_clouds(sun.clear_w_m2[clock], clouds)
    people, up = _people(hour, shares[1:])
    household = STANDBY_W + (AT_HOME_W - STANDBY_W) * up
    season, course = _year()
    return Days(
        outdoor_c=season[clock] + WEATHER_K * warmth + course[clock] * (1 - CLOUDED * clouds),
        sun_w=window_gain(sun, archetype, clock, light),
        inner_w=household + PEOPLE * PERSON_W * people,
        household_w=household,
        people=people,
        price=_price(hour, light[0], dearness),
        panel=panel_power(sun, clock, light),
        surprise=surprise,
        first_day=first,
    )


@cache
def _year() -> tuple[Array, Array]:
    """Mean of the season [°C], and what is added under a clear sky [K], by hour of the year."""
    hour = np.arange(HOURS)
    winter = np.cos(2 * np.pi * (hour / 24 - COLDEST_DAY) / 365)
    half = DAY_K[0] + (DAY_K[1] - DAY_K[0]) * 0.5 * (1 - winter)
    course = half * np.cos(2 * np.pi * (hour - WARMEST_HOUR) / 24)
    return np.asarray(YEAR_C - SEASON_K * winter), np.asarray(course)


def _anomalies(knots: Array, hours: int) -> Array:
    """Processes, (4, hours, k), that are straight between knots, from white noise, (knots, k, 4).

    At the knots their variance is 1.
    """
    keep = np.exp(-KNOT_H / HOURS_KEPT)
    knots[1:] *= np.sqrt(1 - np.square(keep))
    for before, now in itertools.pairwise(knots):
        now += keep * before
    ends = np.ascontiguousarray(np.moveaxis(knots, 2, 0))
    ways = np.diff(ends, axis=1) / KNOT_H
    series = np.empty((len(ends), KNOT_H * ways.shape[1], ways.shape[2]))
    for hour in range(KNOT_H):
        series[:, hour::KNOT_H] = ends[:, :-1] + hour * ways
    return series[:, :hours]


def _people(hour: Ids, stays: Array) -> tuple[Array, Array]:
    """Share of people at home, and of those that are up; episodes begin on a Monday, (hours, k)."""
    day, time = hour // 24, hour % 24
    chance = np.where(day % 7 < 5, *STAYS_IN)
    out = (time >= 8) & (time < 17) & (stays[day[:, 0]] >= chance)
    awake = (time >= 6) & (time < 23)
    at_home = np.asarray(1.0 - out)
    return at_home, np.asarray(awake * at_home)


def _price(hour: Ids, light: Array, dearness: Array) -> Array:
    """At the exchange, not below nothing [EUR/kWh]."""
    time = hour % 24 + 0.5
    peaks = np.zeros(hour.shape)
    for (at, height), width in zip((MORNING, EVENING), WIDTHS_H, strict=True):
        peaks += height * np.exp(-0.5 * np.square((time - at) / width))
    price = PRICE + peaks + PRICE_SPREAD * dearness - SUN_DIP * light / 1000.0
    return np.asarray(np.maximum(price, 0.0))
