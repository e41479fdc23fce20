"""Slip, depth, duty and touch of the robot itself are those of motions that are known."""

import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.gait_metrics import GAIT_METRICS, GaitMetrics, weighted_median
from tasks.arrays import Array

RUNNING = np.array([True, False])


@pytest.fixture
def env() -> RobotVectorEnv:
    return RobotVectorEnv(2, "locomotion-walker", start_noise_rad=0.0)


def followed(env: RobotVectorEnv, touches: Array) -> dict[str, Array]:
    """The metrics after one control step with these touches, rows of force, depth and slip."""
    task = env.task
    values = task.records["sensordata"]
    values[:] = 0.0
    for substep, (force, depth, slip) in enumerate(touches):
        values[:, substep, [0, 3, 5]] = force, -depth, slip  # the left foot's
    metrics = GaitMetrics(env.simulation, task.footing)
    metrics.add(RUNNING)
    return metrics.result(np.ones(2))


def test_feet_are_followed_in_every_physics_step(env: RobotVectorEnv) -> None:
    found = followed(env, np.array([(10.0, 0.002, 0.3), (30.0, 0.004, 0.1), (5.0, 0.001, 0.7)]))
    assert found["foot_slip_m_s"][0] == pytest.approx(0.1)
    assert found["foot_depth_m"][0] == 0.004
    assert found["duty_factor"][0] == pytest.approx(3 / env.task.substeps / 2)
    assert all(np.isnan(found[name][1]) for name in GAIT_METRICS)  # nobody looked


def test_feet_in_the_air_have_no_slip_and_no_duty(env: RobotVectorEnv) -> None:
    found = followed(env, np.zeros((1, 3)))
    assert np.isnan(found["foot_slip_m_s"][0]) and np.isnan(found["foot_depth_m"][0])
    assert found["duty_factor"][0] == 0.0


def test_legs_within_each_other_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("robo_ddpg.evaluation.gait_metrics.LOOK_EVERY", 1)
    env = RobotVectorEnv(2, "locomotion", start_noise_rad=0.0)
    metrics = GaitMetrics(env.simulation, env.task.footing)
    metrics.add(RUNNING)
    assert metrics.result(np.ones(2))["self_contact_m"][0] == 0.0
    forward, back = [0.9, -0.9, 0.0], [-0.9, 0.7, 0.0]  # hips and knees towards each other
    env.batch.bind("qpos")[0, 3:] = [-angle for angle in forward] + [-angle for angle in back]
    metrics.add(RUNNING)
    assert 0.02 < metrics.result(np.ones(2))["self_contact_m"][0] < 0.09


def test_a_walker_pays_for_its_way_and_an_arm_has_no_gait() -> None:
    episodes = evaluate("locomotion-walker", episodes=2, episode_s=4.0).episodes
    cost = episodes.episode_metrics["cost_of_transport"]
    way = 1.2 * 4.0
    work = episodes.episode_metrics["energy_j"]
    assert cost == pytest.approx(work / (20.0 * 9.81 * way), rel=0.4)
    assert not {*GAIT_METRICS} & {*evaluate("reach", episodes=1).episodes.episode_metrics}


def test_the_median_is_that_of_the_weight() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 10.0, 1.0])) == 1.0
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([10.0, 1.0, 1.0])) == 3.0
    assert np.isnan(weighted_median(np.zeros(0), np.zeros(0)))
