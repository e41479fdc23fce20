"""What every task has to fulfil, whatever it is about."""

import warnings

import gymnasium
import mujoco
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.env_checker import check_env as check_env_of_stable_baselines

import tasks
from robo_ddpg import RobotEnv, RobotVectorEnv
from robo_ddpg.control.entry_points import load
from robo_ddpg.envs.registration import environment_id
from robo_ddpg.testing.comparing import random_actions
from robo_ddpg.testing.scenes import assert_named
from robo_ddpg.testing.suite import CHECKS, Check
from tasks.arm.task import ArmTask

FURTHER = {
    mujoco.mjtObj.mjOBJ_LIGHT: "nlight",
    mujoco.mjtObj.mjOBJ_MATERIAL: "nmat",
    mujoco.mjtObj.mjOBJ_TEXTURE: "ntex",
    mujoco.mjtObj.mjOBJ_PAIR: "npair",
    mujoco.mjtObj.mjOBJ_EQUALITY: "neq",
}
"""Kinds of MJCF elements that have names in our own scenes besides, and how the model counts them.
"""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_task_keeps_to_its_contract(task_name: str, check: Check) -> None:
    check(task_name)


def test_gymnasium_and_stable_baselines_find_nothing_to_object_to(task_name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(
            environment_id(task_name), render_mode="rgb_array", width=64, height=48
        )
        check_env(env.unwrapped)
        check_env_of_stable_baselines(RobotEnv(task_name))
        env.close()


def test_units_are_told_of_all_that_is_measured(task_name: str) -> None:
    simulation = RobotEnv(task_name).simulation
    named = {*simulation.task.metrics(), *simulation.drive.efforts(), *simulation.drive.limits}
    assert named == {*simulation.quantities}


def test_further_elements_of_the_scene_have_names(task_name: str) -> None:
    assert_named(tasks.make(task_name).model, FURTHER)


def test_there_are_cameras_to_choose_from(task_name: str) -> None:
    assert tasks.make(task_name).model.ncam >= 2


def test_a_batch_renders_one_image_per_simulation(task_name: str) -> None:
    env = RobotVectorEnv(2, task_name, render_mode="rgb_array", width=96, height=64)
    env.reset(seed=0)
    first, second = env.render() or ()
    assert first.shape == second.shape == (64, 96, 3)
    assert (first != second).any()
    env.close()


def test_closing_twice_is_fine(task_name: str) -> None:
    for env in (
        RobotEnv(task_name, render_mode="rgb_array", width=64, height=48),
        RobotVectorEnv(2),
    ):
        env.reset(seed=0)
        env.render()
        env.close()
        env.close()


def test_gymnasium_makes_the_task_by_its_id(task_name: str) -> None:
    name = environment_id(task_name)
    for spelled in (name, f"robo_ddpg:{name}"):
        env = gymnasium.make(spelled, episode_s=0.5)
        assert isinstance(env.unwrapped, RobotEnv)
        assert env.unwrapped.task.name == task_name
        task = env.unwrapped.task
        assert task.episode_steps == round(0.5 * task.settings.control_hz)
        env.close()
        batch = gymnasium.make_vec(spelled, num_envs=2)
        assert isinstance(batch, RobotVectorEnv)
        assert batch.reset(seed=0)[0].shape == (2, *env.observation_space.shape)
        batch.close()


@pytest.mark.parametrize("action", ["end-effector", "joint"])
def test_both_kinds_of_action_keep_the_arm_within_its_limits(task_name: str, action: str) -> None:
    if not isinstance(tasks.make(task_name), ArmTask):
        pytest.skip("this robot is not an arm")
    env = RobotVectorEnv(16, task_name, action=action, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    for actions in np.sign(random_actions(env, env.task.episode_steps)):
        *_, info = env.step(actions)
    assert {limit: values.max() for limit, values in info["violations"].items()} == dict.fromkeys(
        info["violations"], 0.0
    )


def test_a_demonstrator_solves_its_task(task_name: str) -> None:
    if tasks.make(task_name).demonstrator is None:
        pytest.skip("this task has no scripted demonstrator")
    env = RobotVectorEnv(10, task_name, autoreset_mode=AutoresetMode.DISABLED)
    demonstrator = load(str(env.task.demonstrator))(env.task)
    observation, _ = env.reset(seed=30_000)
    for _ in range(env.task.episode_steps):
        observation, *_, info = env.step(demonstrator.act(observation))
    assert info["is_success"].sum() >= 9
