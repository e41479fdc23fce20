"""Small tasks that must be learned in seconds."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.spaces import Box

from robo_ddpg.agent import DDPG, AgentSettings, Transitions

ENVS, EPISODE = 16, 10
SETTINGS = replace(
    AgentSettings(),
    hidden_sizes=(32, 32),
    batch_size=64,
    warmup_transitions=320,
    transitions_per_update=8,
    target_rate=0.05,
)


class PointReaching:
    """A point in [-2, 2] is moved by up to 0.5 a step towards a goal in [-1, 1].

    Observations are (position, goal).
    """

    def achieved_goal(self, observation):
        return observation[:, :1]

    def desired_goal(self, observation):
        return observation[:, 1:]

    def replace_goal(self, observation, goal):
        return np.concatenate((observation[:, :1], goal), axis=1)

    def attainable(self, goal):
        return np.ones(len(goal), np.bool_)

    def compute_reward(self, achieved, desired, info):
        near = np.abs(achieved - desired)[:, 0] < 0.1
        return near.astype(np.float32)

    def compute_terminated(self, achieved, desired, info):
        return np.zeros(len(achieved), np.bool_)

    def start(self, generator):
        return generator.uniform(-1, 1, (ENVS, 2)).astype(np.float32)

    def step(self, observation, action):
        position = np.clip(observation[:, :1] + 0.5 * action, -2, 2)
        return np.concatenate((position, observation[:, 1:]), axis=1).astype(np.float32)


def learn(settings, episodes, goal_space=None, seed=0):
    task = PointReaching()
    agent = DDPG(Box(-2, 2, (2,)), Box(-1, 1, (1,)), settings, ENVS, seed, goal_space)
    generator = np.random.default_rng(seed)
    due = 0
    for _ in range(episodes):
        observation = task.start(generator)
        for time in range(EPISODE):
            action = agent.explore(observation)
            following = task.step(observation, action)
            reward = task.compute_reward(following[:, :1], following[:, 1:], None)
            agent.store(
                Transitions(
                    observation=observation,
                    action=action,
                    reward=reward,
                    terminated=np.zeros(ENVS, np.bool_),
                    truncated=np.full(ENVS, time == EPISODE - 1),
                    next_observation=following,
                    reward_info=None,
                    valid=np.ones(ENVS, np.bool_),
                )
            )
            observation = following
            due += ENVS
            while due >= settings.transitions_per_update and agent.ready:
                due -= settings.transitions_per_update
                agent.update()
    return agent


def success(agent):
    task = PointReaching()
    observation = task.start(np.random.default_rng(123))
    for _ in range(EPISODE):
        observation = task.step(observation, agent.act(observation))
    return float(task.compute_reward(observation[:, :1], observation[:, 1:], None).mean())


@pytest.mark.parametrize("normalize", [False, True])
def test_point_reaching_is_learned(normalize):
    agent = learn(replace(SETTINGS, normalize_observations=normalize), episodes=60)

    assert success(agent) >= 0.9


def test_point_reaching_is_learned_with_relabelled_goals():
    agent = learn(SETTINGS, episodes=40, goal_space=PointReaching())

    assert success(agent) >= 0.9


def test_point_reaching_is_learned_by_a_single_critic_without_refinements():
    plain = replace(
        SETTINGS,
        critics=1,
        critic_layer_norm=False,
        actor_delay=1,
        target_noise=0.0,
        n_step=1,
        noise="ornstein-uhlenbeck",
        evaluate_target_actor=False,
    )

    assert success(learn(plain, episodes=60)) >= 0.9
