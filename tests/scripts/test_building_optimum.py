"""The computed optimum of a building: it can be reached, and nobody is below it."""

import dataclasses
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.building.building import Building
from tasks.building.named import BUILDINGS
from tasks.building.rules import PriceRule, Thermostat

pytest.importorskip("scipy", reason="the optimum is computed with SciPy")
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "benchmarks"))

from building_optimum import optimum

DAY = 20
"""In winter."""


def building(name: str, **settings: Any) -> Building:
    settings = {"action": "power", "first_day": DAY, "episode_days": 3, **settings}
    made = Building(dataclasses.replace(BUILDINGS[name].settings, **settings), 2)
    made.reset(np.arange(2), [np.random.default_rng(seed) for seed in range(2)])
    return made


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("building", {}),
        ("building", {"step_minutes": 15, "ramp_kw_h": 4.0, "random_house": 0.3}),
        ("building", {"first_day": 190, "high_c": 24.0}),
        ("building-battery", {}),
        ("building-battery", {"first_day": 170}),
    ],
)
def test_the_optimum_is_what_its_actions_come_to(name: str, settings: dict[str, Any]) -> None:
    played = building(name, **settings)
    plans = [optimum(played, i, discomfort_kh=2.0) for i in range(2)]
    for k in range(played.settings.episode_steps):
        step = played.step(np.stack([plan.actions[k] for plan in plans]))
        assert max(altered.max() for altered in step.altered.values()) < 1e-6
    cost = [plan.cost_eur for plan in plans]
    np.testing.assert_allclose(played.total["cost_eur"], cost, rtol=1e-6, atol=1e-6)
    assert (played.total["discomfort_kh"] < 2.0 + 1e-6).all()


@pytest.mark.parametrize("rule", [Thermostat, PriceRule])
@pytest.mark.parametrize("name", BUILDINGS)
def test_no_rule_is_below_the_optimum(name: str, rule: type[Thermostat]) -> None:
    ruled = building(name)
    act = rule(ruled).act
    for _ in range(ruled.settings.episode_steps):
        ruled.step(act(np.zeros(0, np.float32)).astype(float))
    again = building(name)
    for i in range(2):
        least = optimum(again, i, ruled.total["discomfort_kh"][i] + 1e-9).cost_eur
        assert least < ruled.total["cost_eur"][i]


def test_discomfort_that_is_out_of_reach_is_named() -> None:
    with pytest.raises(ValueError, match="no plan keeps discomfort below 0 K h"):
        optimum(building("building", low_c=25.5, pump_kw=1.0), 0, 0.0)
