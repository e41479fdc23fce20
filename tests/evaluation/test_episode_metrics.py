"""What is measured of an episode is measured, and says so where it is not."""

import json

import mujoco
import numpy as np
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import make_environment
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.episode_metrics import Actuators
from robo_ddpg.evaluation.episodes import run_episodes
from robo_ddpg.evaluation.evaluate import Evaluation, evaluate

SHORT = {"episode_s": 1.5}


def test_standing_still_has_no_jerk_costs_little_and_never_succeeds() -> None:
    env = make_environment("reach", 3, **SHORT, start_noise_rad=0.0)
    size = env.single_action_space.shape[0]
    hold_still = run_episodes(env, lambda x: np.zeros((len(x), size), np.float32), 5, 3)
    moving = run_episodes(env, lambda x: np.ones((len(x), size), np.float32), 5, 3)
    assert (hold_still.episode_metrics["jerk_rms_rad_s3"] < 1.0).all()
    assert (moving.episode_metrics["jerk_rms_rad_s3"] > 10.0).all()
    assert (hold_still.episode_metrics["energy_j"] < 0.1 * moving.episode_metrics["energy_j"]).all()
    assert np.isnan(hold_still.episode_metrics["time_to_success_s"]).all()
    assert (hold_still.episode_metrics["hold_s"] == 0.0).all()


def test_time_to_success_and_hold_time_add_up_to_at_most_the_episode() -> None:
    episodes = evaluate("reach", episodes=6, **SHORT).episodes
    assert episodes.success is not None and episodes.success.any()
    first, held = episodes.episode_metrics["time_to_success_s"], episodes.episode_metrics["hold_s"]
    solved = episodes.success
    assert (held[solved] > 0).all()
    assert (held[~solved] == 0).all()
    assert (first[solved] >= 0.25).all()  # it has to be held for that long
    assert (first[solved] + held[solved] <= 1.5 + 0.05 + 1e-9).all()


def test_no_episode_of_reach_is_solved_at_reset() -> None:
    summary = evaluate("reach", episodes=2, **SHORT).summary()
    assert summary["success_at_reset"] == 0.0


def test_what_a_gymnasium_environment_does_not_say_is_null_and_never_zero() -> None:
    env = make_environment("Pendulum-v1", 2, max_episode_steps=5)
    run = run_episodes(env, lambda x: np.zeros((len(x), 1), np.float32), 0, 2)
    evaluation = Evaluation("Pendulum-v1", "", 0, run)
    summary = json.loads(json.dumps(evaluation.summary(), allow_nan=False))
    for key in ("success_rate", "unstable", "success_at_reset", "safety", "violations"):
        assert summary[key] is None, key
    assert summary["energy_j_median"] is None
    row = evaluation.rows()[0]
    assert row["success"] is None and row["unstable"] is None and row["hold_s"] is None
    assert row["length"] == 5


def test_measuring_does_not_change_the_episodes() -> None:
    controller = Controller.find("reach")
    env = make_environment("reach", 2, **controller.task["settings"] | SHORT)
    observation, _ = env.reset(seed=20_000)
    total = np.zeros(2)
    for _ in range(30):
        observation, reward, *_ = env.step(controller.act(observation))
        total += reward
    np.testing.assert_array_equal(evaluate(controller, episodes=2, **SHORT).episodes.returns, total)


@pytest.mark.parametrize("task", ["reach", "locomotion", "locomotion-quadruped"])
def test_power_is_that_of_the_forces_mujoco_applies(task: str) -> None:
    env = RobotVectorEnv(2, task, threads=2, random_strength=0.5, safety=False)
    env.reset(seed=0)
    env.action_space.seed(0)
    actuators, model = Actuators(env.simulation), env.batch.get_model(1)
    data = mujoco.MjData(model)
    for _ in range(20):
        env.step(env.action_space.sample())
        env.batch.get_data(1, data)
        data.ctrl[:] = env.simulation.controls[1, -1]
        mujoco.mj_forward(model, data)
        expected = np.abs(data.qfrc_actuator * data.qvel).sum()
        np.testing.assert_allclose(actuators.power()[1], expected, rtol=1e-6)


def test_what_rotors_take_is_not_the_work_that_they_do() -> None:
    env = make_environment("fly", 2, episode_s=0.2)
    hovering = run_episodes(env, lambda x: np.zeros((len(x), 4), np.float32), 0, 2)
    assert np.isnan(hovering.episode_metrics["energy_j"]).all()
