"""The sparse tasks: what their rewards tell, and what ends their episodes."""

import numpy as np
import pytest

from robo_ddpg import RobotVectorEnv
from tasks.arm.grasp_demonstrator import GraspDemonstrator


def test_reach_pays_where_the_tolerance_is_kept() -> None:
    env = RobotVectorEnv(2, "reach-sparse", tolerance_m=0.02)
    env.reset(seed=0)
    tip = env.batch.bind("site_xpos")[:, env.task.model.site("tip").id]
    env.batch.bind("mocap_pos")[:, 0] = tip + np.array([[0.0, 0.0, 0.018], [0.0, 0.0, 0.022]])
    _, reward, terminated, _, info = env.step(np.zeros((2, 3), np.float32))

    assert reward.tolist() == [0.0, -1.0]
    assert not terminated.any()
    assert not info["is_success"].any()  # it takes the holding time as well


def test_grasp_pays_for_a_cube_that_is_held_at_the_goal() -> None:
    env = RobotVectorEnv(4, "grasp-sparse")
    observation, _ = env.reset(seed=0)
    demonstrator, paid = GraspDemonstrator(env.task), []
    for _ in range(env.task.episode_steps):
        observation, reward, _, _, info = env.step(demonstrator.act(observation))
        near = info["metrics"]["distance_m"] < env.task.settings.tolerance_m
        np.testing.assert_array_equal(reward, np.where(near & env.task.held, 0.0, -1.0))
        paid.append(reward)

    assert info["is_success"].all()
    # Success is half a second of that, ten steps.
    assert (np.array(paid[-10:]) == 0.0).all()
    assert (np.array(paid[:20]) == -1.0).all()


@pytest.mark.parametrize("goal", ["air", "table"])
def test_a_cube_that_is_not_held_is_worth_something_only_on_the_table(goal: str) -> None:
    env = RobotVectorEnv(1, "grasp-sparse", goal=goal)
    env.reset(seed=0)
    cube = env.batch.bind("xpos")[:, env.task.model.body("object").id]
    env.batch.bind("mocap_pos")[:, 0] = cube

    assert env.step(np.zeros((1, 5), np.float32))[1] == (0.0 if goal == "table" else -1.0)


def test_losing_the_cube_is_no_way_out() -> None:
    env = RobotVectorEnv(1, "grasp-sparse")
    env.reset(seed=0)
    env.batch.bind("qpos")[:, -7:-4] = 0.95, 0.0, 0.1
    for _ in range(env.task.episode_steps):
        observation, reward, terminated, truncated, info = env.step(np.zeros((1, 5), np.float32))
        assert observation in env.observation_space
        assert (reward[0], terminated[0], info["unstable"][0]) == (-1.0, False, False)
    assert truncated[0]
