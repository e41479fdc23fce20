"""The car's commands stay within its limits, and what is altered is counted by name."""

from collections.abc import Callable

import numpy as np
import pytest

from robo_ddpg.control.car import CarDrive
from robo_ddpg.envs.simulation import Simulation
from tasks import make
from tasks.driving.car import CAR

SIMULATIONS = 6
Actor = Callable[[int], np.ndarray]


def random_actor(step: int) -> np.ndarray:
    return np.random.default_rng(step).uniform(-2, 2, (SIMULATIONS, 2))


def bang_bang_actor(step: int) -> np.ndarray:
    periods = 3 + 4 * np.arange(SIMULATIONS)[:, None]
    return np.where(step // periods % 2, 1.0, -1.0) * np.ones(2)


def full_actor(step: int) -> np.ndarray:
    return np.ones((SIMULATIONS, 2))


def broken_actor(step: int) -> np.ndarray:
    action = random_actor(step)
    action[step % SIMULATIONS] = np.nan
    return action


def simulation_of(**settings: object) -> Simulation:
    simulation = Simulation(make("drive-park", **settings), SIMULATIONS, 1)
    simulation.rngs = [np.random.default_rng(seed) for seed in range(SIMULATIONS)]
    simulation.reset(np.arange(SIMULATIONS))
    return simulation


@pytest.mark.parametrize("actor", [random_actor, bang_bang_actor, full_actor, broken_actor])
def test_no_actor_leaves_the_limits(actor: Actor) -> None:
    """Obstacles stop nobody here: the car drives through them."""
    simulation = simulation_of()
    drive = simulation.drive
    assert isinstance(drive, CarDrive)
    for step in range(40):
        before = drive.steering.copy(), drive.speed.copy()
        info = simulation.step(actor(step)).info
        assert (np.abs(drive.steering) <= CAR.steering_rad + 1e-9).all()
        assert (np.abs(drive.steering - before[0]) <= 0.2 * CAR.steering_rad_s + 1e-9).all()
        assert (np.abs(drive.speed) <= 2.0 + 1e-9).all()
    assert {name: worst.max() for name, worst in info["violations"].items()} == dict.fromkeys(
        info["violations"], 0.0
    )


def test_each_limit_is_reported_by_its_name() -> None:
    simulation = simulation_of()
    for _ in range(20):
        info = simulation.step(np.ones((SIMULATIONS, 2))).info
    counts = {name: report["count"] for name, report in info["safety"].items()}
    assert (counts["steering_angle"] > 0).all()
    assert (counts["speed"] > 0).all()
    assert counts["cornering"].max() == counts["non_finite"].max() == 0


def test_without_safety_nothing_is_altered() -> None:
    simulation = simulation_of(safety=False)
    for _ in range(12):
        info = simulation.step(np.tile([0.0, 1.0], (SIMULATIONS, 1))).info
    assert info["safety"]["speed"]["count"].max() == 0
    assert info["violations"]["speed"].min() > 0.5


def test_actions_that_are_no_numbers_brake() -> None:
    simulation = simulation_of()
    for _ in range(4):
        simulation.step(np.tile([0.0, 1.0], (SIMULATIONS, 1)))
    fast = simulation.task.speed.min()  # type: ignore[attr-defined]
    for _ in range(3):
        simulation.step(np.full((SIMULATIONS, 2), np.nan))
    assert fast > 0.5
    assert np.abs(simulation.task.speed).max() < 0.1  # type: ignore[attr-defined]
