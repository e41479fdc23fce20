"""Whether rewards are what the task says they are, also for goals that are replaced."""

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.testing.comparing import observation_of, random_actions
from robo_ddpg.testing.episodes import EPISODE_S
from tasks.arrays import Array
from tasks.task import GoalTask


def reward_terms_lie_within_0_and_1_and_their_weights_sum_to_1(name: str) -> None:
    """So that what a step is worth can be read at a glance."""
    env = RobotVectorEnv(16, name, episode_s=EPISODE_S)
    env.reset(seed=0)
    weights = env.task.weights
    np.testing.assert_allclose(sum(weights.values()), 1.0)
    assert min(weights.values()) >= 0
    for action in random_actions(env, env.task.episode_steps):
        *_, info = (step := env.step(action))
        terms = info["reward_terms"]
        assert terms.keys() == weights.keys()
        for term, values in terms.items():
            assert ((values >= 0) & (values <= 1)).all(), f"{term} leaves [0, 1]"
        total = sum(weights[term] * terms[term] for term in terms)
        np.testing.assert_allclose(step[1], total + env.task.reward_offset, rtol=1e-6, atol=1e-12)


def the_reward_can_be_computed_from_observations_alone(name: str) -> None:
    """Of a task with a goal: what hindsight asks for is what the simulation gave."""
    if not isinstance(make_task(name), GoalTask):
        return
    env = RobotVectorEnv(16, name, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    task: Any = env.task
    for action in random_actions(env, env.task.episode_steps - 1):
        observation, reward, terminated, _, info = env.step(action)
        achieved, desired = task.achieved_goal(observation), task.desired_goal(observation)
        computed = task.compute_reward(achieved, desired, info["reward_info"])
        np.testing.assert_allclose(computed, reward, atol=1e-4)
        ended = task.compute_terminated(achieved, desired, info["reward_info"])
        np.testing.assert_array_equal(ended, terminated)


def replacing_the_goal_gives_what_would_have_been_observed(name: str) -> None:
    """Of a task with a goal that can be commanded, or is a marker in the scene."""
    if not isinstance(make_task(name), GoalTask):
        return
    env = RobotVectorEnv(16, name, autoreset_mode=AutoresetMode.DISABLED, observed_actions=0)
    observation, _ = env.reset(seed=0)
    for action in random_actions(env, 8):
        observation = env.step(action)[0]
    task: Any = env.task
    same = task.replace_goal(observation, task.desired_goal(observation))
    np.testing.assert_allclose(same, observation, atol=2e-5)
    others = np.roll(task.desired_goal(observation), 1, axis=0)
    _ask(env, others)
    untouched = observation.copy()
    replaced = task.replace_goal(observation, others)
    np.testing.assert_allclose(replaced, observation_of(task), atol=2e-5)
    np.testing.assert_array_equal(observation, untouched)


def _ask(env: RobotVectorEnv, goals: Array) -> None:
    """Have each simulation pursue another goal, (n, g)."""
    steering = env.task.steering()
    if steering is None:
        mocap = int(env.task.model.body("goal").mocapid[0])
        env.batch.bind("mocap_pos")[:, mocap] = goals
        return
    for index, goal in enumerate(goals):
        steering.ask(index, goal)
