"""Legged robots' commands stay within range and rate, and what limits cut off is counted."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from robo_ddpg.control.legged import Servo
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.model_fields import scale_strength
from tasks import make
from tasks.legged.task import LeggedTask

ROBOTS = ("locomotion", "locomotion-hopper", "locomotion-walker", "locomotion-quadruped")
SIMULATIONS = 8
Actor = Callable[[Simulation, int], np.ndarray]


def random_actor(simulation: Simulation, step: int) -> np.ndarray:
    return np.random.default_rng(step).uniform(-2, 2, (simulation.nsim, simulation.action_size))


def bang_bang_actor(simulation: Simulation, step: int) -> np.ndarray:
    periods = 1 + np.arange(simulation.nsim)[:, None]
    return np.where(step // periods % 2, 1.0, -1.0) * np.ones(simulation.action_size)


def broken_actor(simulation: Simulation, step: int) -> np.ndarray:
    action = random_actor(simulation, step)
    action[step % simulation.nsim] = np.nan
    action[(step + 1) % simulation.nsim] = np.inf
    return action


ACTORS: dict[str, Actor] = {
    "random": random_actor,
    "bang-bang": bang_bang_actor,
    "broken": broken_actor,
}


def simulation_of(task: str, **settings: object) -> Simulation:
    simulation = Simulation(make(task, **settings), SIMULATIONS, 1)
    simulation.rngs = [np.random.default_rng(seed) for seed in range(SIMULATIONS)]
    simulation.reset(np.arange(SIMULATIONS))
    return simulation


def driven(simulation: Simulation, actor: Actor, steps: int = 60) -> np.ndarray:
    """Commands at each physics step, those at rest first, (n, 1 + steps * substeps, nu)."""
    parts = [simulation.batch.bind("ctrl")[:, None].copy()]
    for step in range(steps):
        simulation.step(actor(simulation, step))
        parts.append(simulation.controls.copy())
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("task", ROBOTS)
def test_no_command_leaves_its_range_or_changes_faster_than_it_may(task: str, actor: str) -> None:
    simulation = simulation_of(task)
    commands = driven(simulation, ACTORS[actor])
    model = simulation.task.model
    low, high = model.actuator_ctrlrange.T
    assert np.isfinite(commands).all()
    assert (commands >= low - 1e-9).all()
    assert (commands <= high + 1e-9).all()
    assert isinstance(simulation.task, LeggedTask)
    rate = np.abs(np.diff(commands, axis=1)) / model.opt.timestep
    assert (rate <= np.array(simulation.task.robot.command_rate) * (1 + 1e-9)).all()


def test_commands_arrive_at_what_was_asked_for() -> None:
    simulation = simulation_of("locomotion")
    simulation.step(np.full((SIMULATIONS, 6), 0.7))
    np.testing.assert_allclose(simulation.controls[:, -1], 0.7)


def test_an_action_that_is_not_a_number_lets_motors_go() -> None:
    simulation = simulation_of("locomotion")
    simulation.step(np.ones((SIMULATIONS, 6)))
    simulation.step(np.full((SIMULATIONS, 6), np.nan))
    np.testing.assert_allclose(simulation.controls[:, -1], 0.0)
    assert (simulation.interventions.report()["non_finite"]["count"] == 1).all()


def test_a_target_that_is_too_far_is_counted_by_what_is_missing() -> None:
    task = make("locomotion-quadruped", random_push_n=0.0)
    assert isinstance(task, LeggedTask)
    task.robot = dataclasses.replace(task.robot, command_rate=(3.0,) * 12)
    simulation = Simulation(task, 1, 1)
    action = np.zeros((1, 12))
    action[:, 1] = 1.0
    simulation.step(action)
    sizes = {name: size[0] for name, size in simulation.interventions.altered.items()}
    assert sizes["command_rate"] == pytest.approx(0.5 / 0.02 - 3.0)


def test_servos_that_ask_for_more_torque_than_there_is_are_counted() -> None:
    simulation = simulation_of("locomotion-quadruped", random_push_n=0.0)
    simulation.batch.bind("qvel")[0, 7] = -60.0
    simulation.step(np.zeros((SIMULATIONS, 12)))
    count = simulation.interventions.report()["torque"]["count"]
    assert count[0] == 1
    assert not count[1:].any()
    assert 1.0 < simulation.interventions.report()["torque"]["size"][0] < 1.5 * 60.0


def test_servos_of_half_the_strength_ask_for_half_the_torque() -> None:
    batch = simulation_of("locomotion-quadruped").batch
    scale_strength(batch, np.arange(2), np.array([1.0, 0.5]))
    still = np.zeros((SIMULATIONS, 3, batch.model.nu))
    excess = Servo(batch).excess(still + 2.0, still, still)
    assert excess[0] > 10.0
    np.testing.assert_allclose(excess[1:], [0.5 * excess[0]] + [excess[0]] * (SIMULATIONS - 2))


def test_joints_beyond_their_speed_are_reported_as_violations() -> None:
    simulation = simulation_of("locomotion")
    simulation.batch.bind("qvel")[0, 3] = 60.0
    simulation.step(np.zeros((SIMULATIONS, 6)))
    violations = simulation.interventions.violations()["joint_velocity"]
    assert violations[0] > 1.0
    assert violations[1] == 0.0


def test_without_the_filter_commands_jump_and_nothing_is_counted() -> None:
    simulation = simulation_of("locomotion", safety=False)
    commands = driven(simulation, bang_bang_actor, 3)
    assert np.abs(np.diff(commands, axis=1)).max() == pytest.approx(2.0)
    assert not simulation.interventions.report()["command_rate"]["count"].any()
