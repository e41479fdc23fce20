"""Rotors' commands stay within range and rate, and what was cut off is counted."""

import numpy as np
import pytest

from robo_ddpg.control.flying import COMMAND_RATE_S, RATES_RAD_S, FlyingDrive
from robo_ddpg.envs.simulation import Simulation
from tasks import make
from tasks.flying.task import FlyingTask

SIMULATIONS = 6


def simulation_of(count: int = SIMULATIONS, **settings: object) -> Simulation:
    simulation = Simulation(make("fly", **settings), count, 1)
    simulation.rngs = [np.random.default_rng(seed) for seed in range(count)]
    simulation.reset(np.arange(count))
    return simulation


def task_of(simulation: Simulation) -> FlyingTask:
    assert isinstance(simulation.task, FlyingTask)
    return simulation.task


@pytest.mark.parametrize("control", ["motors", "rates"])
def test_no_command_leaves_its_range_or_changes_faster_than_it_may(control: str) -> None:
    simulation = simulation_of(control=control, control_hz=100.0)
    most = task_of(simulation).rotors.most_n
    rng = np.random.default_rng(0)
    parts = [simulation.batch.bind("ctrl")[:, None].copy()]
    for step in range(60):
        action = np.sign(rng.uniform(-2, 2, (SIMULATIONS, 4)))
        action[step % SIMULATIONS] = np.nan
        simulation.step(action)
        parts.append(simulation.controls.copy())
    commands = np.concatenate(parts, axis=1)
    assert (commands >= 0.0).all()
    assert (commands <= most).all()
    change = np.abs(np.diff(commands, axis=1)).max()
    assert change <= COMMAND_RATE_S * most * simulation.task.model.opt.timestep * (1 + 1e-9)
    assert (simulation.interventions.report()["command_rate"]["count"] > 10).all()


def test_actions_are_thrusts_from_none_to_twice_the_weight() -> None:
    simulation = simulation_of()
    for action, share in ((0.0, 1.0), (1.0, 2.0), (-1.0, 0.0)):
        for _ in range(3):
            simulation.step(np.full((SIMULATIONS, 4), action))
        weight = simulation.controls[:, -1].sum(1) / (0.028 * 9.81)
        np.testing.assert_allclose(weight, share, atol=1e-9)


def test_an_action_that_is_not_a_number_hovers() -> None:
    simulation = simulation_of()
    simulation.step(np.full((SIMULATIONS, 4), np.nan))
    np.testing.assert_allclose(simulation.controls[:, -1], task_of(simulation).rotors.hover_n)


def test_without_the_filter_commands_jump() -> None:
    simulation = simulation_of(control_hz=100.0, safety=False)
    simulation.step(-np.ones((SIMULATIONS, 4)))
    assert not simulation.controls.any()
    assert not simulation.interventions.report()["command_rate"]["count"].any()


def test_efforts_say_what_was_requested_and_applied() -> None:
    simulation = simulation_of(control_hz=100.0)
    simulation.step(np.ones((SIMULATIONS, 4)))
    efforts = simulation.drive.efforts()
    rotors = task_of(simulation).rotors
    np.testing.assert_allclose(efforts["requested_n"], rotors.hover_n)
    np.testing.assert_allclose(efforts["applied_n"], COMMAND_RATE_S * rotors.most_n / 100.0)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_body_rates_are_reached(axis: int) -> None:
    simulation = simulation_of(1, control="rates", start_speed_m_s=0.0, start_turn_rad_s=0.0)
    action = np.zeros((1, 4))
    action[0, 1 + axis] = 0.4
    for _ in range(30):
        simulation.step(action)
    wanted = np.zeros(3)
    wanted[axis] = 0.4 * RATES_RAD_S[axis]
    np.testing.assert_allclose(task_of(simulation).turn[0], wanted, atol=0.08 * RATES_RAD_S[0])


def test_rates_that_rotors_cannot_give_are_counted() -> None:
    simulation = simulation_of(1, control="rates")
    simulation.step(np.array([[1.0, 1.0, 1.0, 1.0]]))
    assert simulation.interventions.report()["command_range"]["size"][0] > 0.01


def test_speeds_beyond_their_limits_are_violations() -> None:
    simulation = simulation_of(3)
    speed = simulation.batch.bind("qvel")
    speed[:] = 0.0
    speed[0, 0], speed[1, 5] = 8.0, 40.0
    simulation.step(np.zeros((3, 4)))
    found = simulation.interventions.violations()
    np.testing.assert_allclose(found["speed"], [2.0, 0.0, 0.0], atol=0.1)
    np.testing.assert_allclose(found["turn"], [0.0, 40.0 - 34.9, 0.0], atol=0.3)


def test_every_action_component_is_described() -> None:
    for control, unit in (("motors", "N"), ("rates", "rad/s")):
        drive = simulation_of(1, control=control).drive
        assert isinstance(drive, FlyingDrive)
        assert [each.unit for each in drive.commanded()] == ["N", *[unit] * 3]
