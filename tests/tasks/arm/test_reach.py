"""Reach: what makes an episode a success, and how it starts."""

import numpy as np
import pytest

from robo_ddpg import RobotVectorEnv


def place_goal(env: RobotVectorEnv, where: np.ndarray) -> None:
    """Move the goals, (n, 3)."""
    env.batch.bind("mocap_pos")[:, 0] = where


def tip(env: RobotVectorEnv) -> np.ndarray:
    """Where the fingertips are, (n, 3)."""
    return np.array(env.batch.bind("site_xpos")[:, env.task.model.site("tip").id])


def test_success_takes_the_holding_time_and_is_lost_when_the_goal_is_left() -> None:
    env = RobotVectorEnv(1, "reach", hold_s=0.25, tolerance_m=0.02)
    env.reset(seed=0)
    still = np.zeros((1, 3), np.float32)
    solved = []
    for step in range(8):
        beside = np.array([0.0, 0.0, 0.019 if step < 6 else 0.03])
        place_goal(env, tip(env) + beside)
        solved.append(bool(env.step(still)[4]["is_success"][0]))
    # 0.25 s at 20 Hz are five steps.
    assert solved == [False] * 4 + [True, True, False, False]


def test_the_goal_is_within_its_box_and_the_arm_near_home() -> None:
    env = RobotVectorEnv(200, "reach")
    env.reset(seed=0)
    goals = env.batch.bind("mocap_pos")[:, 0]
    settings = env.task.settings
    assert (goals >= settings.goal_low_m).all()
    assert (goals <= settings.goal_high_m).all()
    # 200 uniform draws leave no tenth of a side empty at either end.
    sides = np.subtract(settings.goal_high_m, settings.goal_low_m)
    assert (goals.min(0) < settings.goal_low_m + 0.1 * sides).all()
    assert (goals.max(0) > settings.goal_high_m - 0.1 * sides).all()
    joints = env.batch.bind("qpos")[:, :7]
    assert 0.04 < joints.std(0).mean() < 0.06


def test_the_reward_is_1_on_the_goal_at_rest_and_near_0_far_away() -> None:
    env = RobotVectorEnv(2, "reach")
    env.reset(seed=0)
    still = np.zeros((2, 3), np.float32)
    for _ in range(10):
        place_goal(env, tip(env) + np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]))
        reward = env.step(still)[1]
    assert reward[0] > 0.98
    assert reward[1] < 0.01


def test_the_distance_reported_is_that_of_the_fingertips_to_the_goal() -> None:
    env = RobotVectorEnv(1, "reach")
    env.reset(seed=0)
    for _ in range(10):
        place_goal(env, tip(env) + np.array([0.03, 0.0, 0.04]))
        info = env.step(np.zeros((1, 3), np.float32))[4]
    assert info["metrics"]["distance_m"] == pytest.approx(0.05, abs=2e-3)


@pytest.mark.parametrize(
    ("direction", "axis", "sign"), [((1, 0, 0), 0, 1), ((0, -1, 0), 1, -1), ((0, 0, 1), 2, 1)]
)
def test_an_action_moves_the_fingertips_along_its_axis(
    direction: tuple[int, int, int], axis: int, sign: int
) -> None:
    env = RobotVectorEnv(1, "reach", start_noise_rad=0.0)
    env.reset(seed=0)
    before = tip(env)
    for _ in range(5):
        env.step(np.array([direction], np.float32))
    moved = (tip(env) - before)[0]
    assert np.sign(moved[axis]) == sign
    assert abs(moved[axis]) > 0.05
    assert np.abs(np.delete(moved, axis)).max() < 0.015


def test_joint_actions_move_one_joint_each() -> None:
    env = RobotVectorEnv(7, "reach", action="joint", start_noise_rad=0.0)
    env.reset(seed=0)
    before = np.array(env.batch.bind("qpos")[:, :7])
    for _ in range(4):
        env.step(0.5 * np.eye(7, dtype=np.float32))
    moved = env.batch.bind("qpos")[:, :7] - before
    assert (np.diag(moved) > 0.03).all()
    assert np.abs(moved - np.diag(np.diag(moved))).max() < 0.01
