"""Slip, depth and duty of feet are those of motions that are known."""

from typing import Any

import mujoco
import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.gait_metrics import GAIT_METRICS, GaitMetrics, _weighted_median


@pytest.fixture
def env() -> RobotVectorEnv:
    return RobotVectorEnv(2, "locomotion-walker", start_noise_rad=0.0)


def looked_at(env: RobotVectorEnv, monkeypatch: pytest.MonkeyPatch, **state: Any) -> dict[str, Any]:
    """The metrics of one look at states that are written into the simulations."""
    monkeypatch.setattr("robo_ddpg.evaluation.gait_metrics.LOOK_EVERY", 1)
    env.reset(seed=0)
    for name, value in state.items():
        env.batch.bind(name)[:] = value
    metrics = GaitMetrics(env.simulation)
    metrics.add(np.array([True, False]))
    return {name: values for name, values in metrics.result(np.ones(2)).items()}


def sunk(env: RobotVectorEnv, depth: float) -> np.ndarray:
    """The pose at home, so low that the lowest foot is this deep in the ground."""
    model = env.task.model
    data = mujoco.MjData(model)
    low, high = -0.2, 0.5  # of the root
    for _ in range(40):
        data.qpos[:] = model.key_qpos[0]
        data.qpos[1] += (middle := (low + high) / 2)
        mujoco.mj_forward(model, data)
        found = max((-contact.dist for contact in data.contact), default=-1.0)
        low, high = (middle, high) if found > depth else (low, middle)
    return data.qpos.copy()


def test_feet_that_slide_slip_as_fast_as_they_do_and_sink_as_deep(
    env: RobotVectorEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    sliding = np.zeros(env.task.model.nv)
    sliding[0] = 0.7
    found = looked_at(env, monkeypatch, qpos=sunk(env, 0.004), qvel=sliding)
    assert found["foot_slip_m_s"][0] == pytest.approx(0.7, rel=1e-6)
    assert found["foot_depth_m"][0] == pytest.approx(0.004, rel=1e-3)
    assert found["duty_factor"][0] == 1.0
    assert all(np.isnan(found[name][1]) for name in GAIT_METRICS)  # nobody looked


def test_feet_in_the_air_have_no_slip_and_no_duty(
    env: RobotVectorEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    high = env.task.model.key_qpos[0].copy()
    high[1] += 0.3
    found = looked_at(env, monkeypatch, qpos=high)
    assert np.isnan(found["foot_slip_m_s"][0]) and np.isnan(found["foot_depth_m"][0])
    assert found["duty_factor"][0] == 0.0


def test_a_walker_pays_for_its_way_and_an_arm_has_no_gait() -> None:
    episodes = evaluate("locomotion-walker", episodes=2, episode_s=4.0).episodes
    cost = episodes.episode_metrics["cost_of_transport"]
    way = 1.2 * 4.0
    work = episodes.episode_metrics["energy_j"]
    assert cost == pytest.approx(work / (20.0 * 9.81 * way), rel=0.4)
    assert not {*GAIT_METRICS} & {*evaluate("reach", episodes=1).episodes.episode_metrics}


def test_the_median_is_that_of_the_weight() -> None:
    assert _weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 10.0, 1.0])) == 1.0
    assert _weighted_median(np.array([3.0, 1.0, 2.0]), np.array([10.0, 1.0, 1.0])) == 3.0
    assert np.isnan(_weighted_median(np.zeros(0), np.zeros(0)))
