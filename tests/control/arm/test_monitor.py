"""What the monitor says about simulated motion whose speed and torque are known."""

import numpy as np
import pytest

from robo_ddpg.control.arm.monitor import LIMITS, Monitor
from robo_ddpg.envs.simulation import Simulation
from tasks.arm.reach import Reach
from tasks.arm.robot import PANDA

SUBSTEPS = 4


@pytest.fixture
def monitor() -> Monitor:
    model = Reach().model
    return Monitor(model, PANDA, np.zeros((2, SUBSTEPS, model.nq + model.nv)))


def move_tip(monitor: Monitor, path: list[float]) -> float:
    """The first arm's fingertips along x; its overshoot of the hand's speed."""
    tip = Reach().model.site(PANDA.tip).id
    monitor.records["site_xpos"][0, :, tip, 0] = path
    overshoot = {limit: np.zeros(2) for limit in LIMITS}
    monitor.measure(overshoot)
    return float(overshoot["hand_speed"][0])


def test_speed_between_two_control_steps_is_seen(monitor: Monitor) -> None:
    timestep = Reach().model.opt.timestep
    assert move_tip(monitor, [0.0] * SUBSTEPS) == pytest.approx(-1.7)
    assert move_tip(monitor, [2.0 * timestep] * SUBSTEPS) == pytest.approx(0.3)
    assert move_tip(monitor, [2.0 * timestep] * SUBSTEPS) == pytest.approx(-1.7)


def test_the_jump_to_a_new_episode_is_no_speed(monitor: Monitor) -> None:
    move_tip(monitor, [0.0] * SUBSTEPS)
    monitor.reset(np.array([0]))
    assert move_tip(monitor, [1.0] * SUBSTEPS) == pytest.approx(-1.7)


def test_torque_is_that_of_servo_and_gravity_compensation_together(monitor: Monitor) -> None:
    monitor.records["actuator_force"][1, 2, 4] = -9.0
    monitor.records["qfrc_gravcomp"][1, 2, 4] = -3.5
    np.testing.assert_allclose(monitor.torque_excess(), [0.0, 0.5])


def test_a_servo_that_asks_for_more_torque_than_there_is_is_counted() -> None:
    simulation = Simulation(Reach(action="joint", step_rad=0.5, safety=False), 2, threads=1)
    action = np.zeros((2, 7))
    action[0, 0] = 1.0
    simulation.step(action)
    report = simulation.interventions.report()["torque"]
    assert report["count"].tolist() == [1, 0]
    position, command = simulation.drive.states[0, :, 0], simulation.controls[0, :, 0]
    # Without the damping, which takes off at most 180 N m s/rad times the speed.
    assert 0 < report["size"][0] <= 4500.0 * np.abs(command - position).max() - 87.0
