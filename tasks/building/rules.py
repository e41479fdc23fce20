"""What common controllers do: rules that an agent is compared with."""

import numpy as np

from tasks.arrays import Array, Float32
from tasks.building.building import PRICES_H, Building

BAND_K = 1.0
"""Within so many kelvin a thermostat goes from off to full power."""
HEAT_TO_C, COOL_TO_C = 21.5, 25.0
"""Where it is off again: comfort of at least 20 °C with some room, as it does not know the weather
[°C]."""
CHEAP = 0.25
"""Share of the known hours that count as cheap."""
STORE_TO_C, SPARE_TO_C = 22.5, 20.9
"""Where a rule by price stops to heat in cheap hours, and in others [°C]."""
SOON_H, DEARER_EUR_KWH, STORED_PER_EUR_KWH = 5, 0.02, 6.0
"""Heat is stored where the next hours cost more on average by this [EUR/kWh], as an action that
grows with it; found by trying nine."""


class Thermostat:
    """Heats the more the colder it is inside, and cools the more the warmer it is.

    A battery takes what panels have to spare, and gives what the house needs.
    """

    def __init__(self, building: Building) -> None:
        """Control buildings.

        Args:
            building: they; their actions are powers.

        Raises:
            ValueError: their actions are others.
        """
        if building.settings.action != "power":
            raise ValueError(f"rules need action='power', got {building.settings.action!r}")
        self._building = building

    def act(self, observation: Float32) -> Float32:
        """Actions, (n, a)."""
        return self._towards(np.full(self._building.count, HEAT_TO_C))

    def _towards(self, heat_to_c: Array) -> Float32:
        air = self._building.last.air_c
        heating = np.clip((heat_to_c - air) / BAND_K, 0.0, 1.0)
        cooling = np.clip((air - COOL_TO_C) / BAND_K, 0.0, 1.0)
        actions = np.zeros((self._building.count, self._building.action_size), np.float32)
        actions[:, 0] = heating - cooling
        actions[:, 1:] = self._spare(heating, cooling)[:, None]
        return actions

    def _spare(self, heating: Array, cooling: Array) -> Array:
        """What panels give more than the house needs, as an action of the battery, (n,)."""
        building, now = self._building, self._building.present
        settings, days = building.settings, building.days
        share = heating / building.heating.take(now) + cooling / building.cooling.take(now)
        needed = settings.pump_kw * share + days.household_w.take(now) / 1000
        spare = settings.solar_kwp * days.panel.take(now) - needed
        return np.asarray(np.clip(spare / settings.battery_kw, -1.0, 1.0))


class PriceRule(Thermostat):
    """A thermostat that is set higher in hours that are cheap among those whose price is known."""

    def act(self, observation: Float32) -> Float32:
        """Actions, (n, a); a battery gives nothing in cheap hours."""
        cheap = self._rank() < CHEAP
        actions = self._towards(np.where(cheap, STORE_TO_C, SPARE_TO_C))
        actions[cheap, 1:] = np.maximum(actions[cheap, 1:], 0.0)
        return actions

    def _rank(self) -> Array:
        """Share of the known hours that are cheaper than the present one, (n,)."""
        building = self._building
        now = building.present[:, None]
        price = building.days.price.take(now + building.count * np.array([0, *PRICES_H]))
        return np.asarray((price < price[:, :1]).mean(axis=1))


class Storing:
    """Keeps within comfort, and stores heat before hours that are dearer."""

    def __init__(self, building: Building, per_eur_kwh: float = STORED_PER_EUR_KWH) -> None:
        """Control buildings.

        Args:
            building: they; their actions narrow comfort.
            per_eur_kwh: action for each EUR/kWh that the next hours are dearer; 0 stores nothing.

        Raises:
            ValueError: their actions are others.
        """
        if building.settings.action != "comfort":
            raise ValueError(f"storing needs action='comfort', got {building.settings.action!r}")
        self._building, self._per_eur_kwh = building, per_eur_kwh

    def act(self, observation: Float32) -> Float32:
        """Actions, (n, a); a battery is left to itself."""
        building = self._building
        hours = building.present[:, None] + building.count * np.arange(SOON_H + 1)
        price = building.days.price.take(hours)
        dearer = price[:, 1:].mean(axis=1) - price[:, 0] - DEARER_EUR_KWH
        actions = np.zeros((building.count, building.action_size), np.float32)
        actions[:, 0] = np.clip(self._per_eur_kwh * dearer, 0.0, 1.0)
        return actions
