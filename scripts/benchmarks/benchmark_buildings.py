"""Compare controllers of a building with rules and with the computed optimum, over whole years.

The optimum knows all of the year's weather and prices in advance, and may be as uncomfortable as
the controller it is compared with. Also measures how fast buildings are stepped. Needs SciPy.
"""

import argparse
import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from building_optimum import optimum
from gymnasium.vector import AutoresetMode

from robo_ddpg.controller import Controller
from robo_ddpg.envs.building.env import BuildingVectorEnv
from robo_ddpg.evaluation.evaluate import SEED
from tasks.arrays import Array, Float32
from tasks.building.named import BUILDINGS
from tasks.building.rules import PriceRule, Storing, Thermostat

Act = Callable[[Float32], Float32]
A_YEAR: dict[str, Any] = {"episode_days": 365, "first_day": 0}
MANY = 1024


@dataclasses.dataclass(frozen=True)
class Year:
    """What years came to, (years,) each."""

    cost_eur: Array
    discomfort_kh: Array


def played(env: BuildingVectorEnv, act: Act) -> Year:
    """Control buildings for a year from the first evaluation seed on."""
    observation, _ = env.reset(seed=SEED)
    for _ in range(env.episode_steps):
        observation, *_ = env.step(act(observation))
    total = env.building.total
    return Year(total["cost_eur"].copy(), total["discomfort_kh"].copy())


def least(env: BuildingVectorEnv, discomfort_kh: Array) -> Array:
    """The least cost of each year at a given discomfort [EUR]."""
    env.reset(seed=SEED)
    found = [optimum(env.building, i, limit) for i, limit in enumerate(discomfort_kh)]
    return np.array([each.cost_eur for each in found])


def steps_per_s(name: str) -> float:
    """Steps of `MANY` buildings, resets included."""
    env = BuildingVectorEnv(MANY, name, autoreset_mode=AutoresetMode.DISABLED)
    actions = np.random.default_rng(0).uniform(-1, 1, env.action_space.shape).astype(np.float32)
    start = time.process_time()
    for episode in range(3):
        env.reset(seed=episode)
        for _ in range(env.episode_steps):
            env.step(actions)
    return 3 * MANY * env.episode_steps / (time.process_time() - start)


def environment(name: str, years: int, action: str) -> BuildingVectorEnv:
    """Buildings whose actions are `comfort` or `power`."""
    mode = AutoresetMode.DISABLED
    return BuildingVectorEnv(years, name, autoreset_mode=mode, action=action, **A_YEAR)


def acting(name: str, years: int, controllers: list[str]) -> Iterator[tuple[str, Year]]:
    """Who is compared, and what it came to."""
    power, comfort = (environment(name, years, action) for action in ("power", "comfort"))
    yield "thermostat", played(power, Thermostat(power.building).act)
    yield "rule by price", played(power, PriceRule(power.building).act)
    yield "comfort, nothing stored", played(comfort, Storing(comfort.building, 0.0).act)
    yield "comfort, heat stored by a rule", played(comfort, Storing(comfort.building).act)
    for path in controllers:
        controller = Controller.find(path)
        action = controller.task["settings"]["action"]
        yield path, played(comfort if action == "comfort" else power, controller.act)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("controllers", nargs="*", help="controller files or run directories")
    parser.add_argument("--building", default="building", choices=BUILDINGS)
    parser.add_argument("--years", type=int, default=4, help="weather years")
    options = parser.parse_args()
    print(f"{MANY} buildings: {steps_per_s(options.building):,.0f} steps/s of processor time")
    print("controller | cost [EUR/a] | out of comfort [K h/a] | over optimum | over thermostat")
    solved = environment(options.building, options.years, "power")
    by_thermostat: float | None = None
    for name, year in acting(options.building, options.years, options.controllers):
        cost, best = year.cost_eur.mean(), least(solved, year.discomfort_kh).mean()
        by_thermostat = by_thermostat or cost
        over = f"{100 * (cost / best - 1):+.1f} % | {100 * (cost / by_thermostat - 1):+.1f} %"
        print(f"{name} | {cost:.0f} | {year.discomfort_kh.mean():.1f} | {over}", flush=True)


if __name__ == "__main__":
    main()
