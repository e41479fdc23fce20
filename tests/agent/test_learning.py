"""Small tasks that must be learned in seconds."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box
from torch import Tensor, nn

from robo_ddpg.agent.autograd.backend import AutogradBackend
from robo_ddpg.agent.ddpg import DDPG
from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from tasks.arrays import Float32, Mask

ENVS, EPISODE = 16, 10
SPACES = Box(-2, 2, (2,)), Box(-1, 1, (1,))
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

    def achieved_goal(self, observation: Float32) -> Float32:
        return observation[:, :1]

    def desired_goal(self, observation: Float32) -> Float32:
        return observation[:, 1:]

    def replace_goal(self, observation: Float32, goal: Float32) -> Float32:
        return np.concatenate((observation[:, :1], goal), axis=1)

    def attainable(self, goal: Float32) -> Mask:
        return np.ones(len(goal), np.bool_)

    def compute_reward(self, achieved: Float32, desired: Float32, info: Any) -> Float32:
        near: Mask = np.abs(achieved - desired)[:, 0] < 0.1
        return near.astype(np.float32)

    def compute_terminated(self, achieved: Float32, desired: Float32, info: Any) -> Mask:
        return np.zeros(len(achieved), np.bool_)

    def start(self, generator: np.random.Generator) -> Float32:
        return generator.uniform(-1, 1, (ENVS, 2)).astype(np.float32)

    def step(self, observation: Float32, action: Float32) -> Float32:
        position = np.clip(observation[:, :1] + 0.5 * action, -2, 2)
        return np.concatenate((position, observation[:, 1:]), axis=1).astype(np.float32)


def learner(settings: AgentSettings, goal_space: PointReaching | None = None) -> Learner:
    return make_learner(*SPACES, settings, ENVS, seed=0, goal_space=goal_space)


def learn(agent: Learner, settings: AgentSettings, episodes: int) -> None:
    task = PointReaching()
    generator = np.random.default_rng(0)
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


def success(agent: Learner) -> float:
    task = PointReaching()
    observation = task.start(np.random.default_rng(123))
    for _ in range(EPISODE):
        observation = task.step(observation, agent.act(observation))
    return float(task.compute_reward(observation[:, :1], observation[:, 1:], None).mean())


@pytest.mark.parametrize(
    ("backend", "normalize"), [("fast", False), ("fast", True), ("autograd", True)]
)
def test_point_reaching_is_learned(backend: Any, normalize: bool) -> None:
    settings = replace(SETTINGS, normalize_observations=normalize, backend=backend)
    agent = learner(settings)
    learn(agent, settings, episodes=60)

    assert success(agent) >= 0.9


def test_point_reaching_is_learned_with_relabelled_goals() -> None:
    agent = learner(SETTINGS, PointReaching())
    learn(agent, SETTINGS, episodes=40)

    assert success(agent) >= 0.9


def test_point_reaching_is_learned_by_a_single_critic_without_refinements() -> None:
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
    agent = learner(plain)
    learn(agent, plain, episodes=60)

    assert success(agent) >= 0.9


class LateAction(nn.Module):
    """A critic that takes the action at its second layer, as that of Lillicrap et al. does."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(2, 32), nn.Linear(33, 32), nn.Linear(32, 1)

    def forward(self, observation: Tensor, action: Tensor) -> Tensor:
        hidden = _normalized_silu(self.first(observation))
        hidden = _normalized_silu(self.second(torch.cat((hidden, action), 1)))
        value: Tensor = self.last(hidden)
        return value


def _normalized_silu(x: Tensor) -> Tensor:
    return nn.functional.silu(nn.functional.layer_norm(x, x.shape[-1:]))


def own_modules(settings: AgentSettings, *_: object) -> AutogradBackend:
    torch.manual_seed(0)
    actor = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
    return AutogradBackend(settings, actor, [LateAction(), LateAction()])


def test_point_reaching_is_learned_by_modules_of_ones_own() -> None:
    agent = DDPG(own_modules, *SPACES, SETTINGS, ENVS, seed=0)
    learn(agent, SETTINGS, episodes=60)

    assert success(agent) >= 0.9
