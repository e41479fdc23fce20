"""Settings of a heated and cooled building."""

import math
from dataclasses import dataclass
from typing import Literal

from tasks.building.house import ARCHETYPES

MOST_DAYS = 366
FEES = (0.2,) * 6 + (1.0,) * 11 + (2.0,) * 4 + (1.0,) * 3
"""Share of the standard grid fee that is paid in each hour of a day: German grids offer heat pumps
10 to 40 % of it while they are idle, and up to twice of it while they are busy (BET Energie 2024,
on the fees of section 14a EnWG, module 3)."""
STEPS_MINUTES = (5, 10, 15, 20, 30, 60)


@dataclass(frozen=True)
class BuildingSettings:
    """The house, its equipment, and what its electricity costs."""

    action: Literal["comfort", "power"] = "comfort"
    """What actions are: what heat pump and battery do beyond what comfort and the household's own
    use ask for, or their powers."""
    archetype: str = "refurbished"
    """Which house: `unrefurbished`, `refurbished` or `new`."""
    step_minutes: int = 60
    """Time between two actions [min]; a divisor of the hour, from 5 on."""
    episode_days: int = 7
    """Episode length [days]."""
    first_day: int = -1
    """Day of the year on which episodes begin, 0 for 1 January; -1 draws one."""
    low_c: float = 20.0
    """Lower bound of comfort; by default that of EN 16798-1, category II, for dwellings [°C]."""
    high_c: float = 26.0
    """Upper bound of comfort, likewise [°C]."""
    pump_kw: float = 10.0
    """Greatest heat that the heat pump brings in or takes out [kW]."""
    ramp_kw_h: float = 20.0
    """How fast that may change [kW/h]."""
    levies_eur_kwh: float = 0.065
    """What is added to the price of the exchange at any time [EUR/kWh]."""
    grid_fee_eur_kwh: float = 0.115
    """Standard fee for the grid, which is lower at night and higher in the evening [EUR/kWh]."""
    feed_in_eur_kwh: float = 0.08
    """What is paid for electricity that goes into the grid [EUR/kWh]."""
    battery_kwh: float = 0.0
    """What the battery holds [kWh]; 0 for none."""
    battery_kw: float = 5.0
    """Its greatest power, into it or out of it [kW]."""
    solar_kwp: float = 0.0
    """Peak power of solar panels facing south [kW]; 0 for none."""
    forecast_error_k: float = 1.5
    """Standard deviation of the forecast of the outdoor temperature a day ahead [K]."""
    random_house: float = 0.0
    """Losses, heat capacity, gains and the pump's efficiency are scaled by factors drawn from 1 -
    this to 1 + this per episode."""

    def __post_init__(self) -> None:
        """Check that everything has a size, and the time step fits the hour."""
        if self.action not in ("comfort", "power"):
            raise ValueError(f"action must be comfort or power, got {self.action!r:.60}")
        if self.archetype not in ARCHETYPES:
            raise ValueError(
                f"archetype must be one of {', '.join(ARCHETYPES)}, got {self.archetype!r:.60}"
            )
        if self.step_minutes not in STEPS_MINUTES:
            steps = ", ".join(map(str, STEPS_MINUTES))
            raise ValueError(f"step_minutes must be one of {steps}, got {self.step_minutes}")
        if not 1 <= self.episode_days <= MOST_DAYS:
            raise ValueError(f"episode_days must be from 1 to {MOST_DAYS}, got {self.episode_days}")
        if not -1 <= self.first_day < 365:
            raise ValueError(f"first_day must be from -1 to 364, got {self.first_day}")
        self._check_sizes()
        if not -50 <= self.low_c < self.high_c <= 60:
            raise ValueError(
                f"expected -50 <= low_c < high_c <= 60, got {self.low_c} and {self.high_c}"
            )
        if not 0 <= self.random_house < 1:
            raise ValueError(f"random_house must be at least 0, below 1, got {self.random_house}")
        least = self.levies_eur_kwh + min(FEES) * self.grid_fee_eur_kwh
        if self.feed_in_eur_kwh > least:
            raise ValueError(
                f"feed_in_eur_kwh must be at most {least:g}, levies and the lowest grid fee, or "
                f"electricity could be bought to be sold, got {self.feed_in_eur_kwh}"
            )

    def _check_sizes(self) -> None:
        for name in ("pump_kw", "ramp_kw_h", "battery_kw"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)}")
        for name in (
            *("levies_eur_kwh", "grid_fee_eur_kwh", "feed_in_eur_kwh", "battery_kwh", "solar_kwp"),
            "forecast_error_k",
        ):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")

    @property
    def step_h(self) -> float:
        """Time between two actions [h]."""
        return self.step_minutes / 60

    @property
    def episode_steps(self) -> int:
        """Actions per episode."""
        return self.episode_days * 24 * 60 // self.step_minutes
