import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box

from robo_ddpg.agent.learner import make_learner
from robo_ddpg.agent.policy import Policy
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions

LOW = np.array([-1.0, 0.0, -3.0], np.float32)
HIGH = np.array([1.0, 2.0, 5.0], np.float32)


@pytest.mark.parametrize("backend", ["fast", "autograd"])
@pytest.mark.parametrize(
    ("normalize", "unit", "offset"),
    [(False, 1.0, 0.0), (True, 1.0, 0.0), (True, 1e-3, 0.0), (True, 1.0, 1e7)],
)
@pytest.mark.parametrize("evaluate_target", [False, True])
def test_policy_agrees_with_the_agent(
    normalize: bool, unit: float, offset: float, evaluate_target: bool, backend: Any
) -> None:
    settings = replace(
        AgentSettings(),
        hidden_sizes=(32, 16),
        batch_size=16,
        warmup_transitions=0,
        normalize_observations=normalize,
        evaluate_target_actor=evaluate_target,
        backend=backend,
    )
    agent = make_learner(Box(-9.0, 9.0, (5,)), Box(LOW, HIGH), settings, num_envs=16, seed=0)
    generator = np.random.default_rng(0)
    observation = generator.normal(2.0, 3.0, (16, 5)) * unit + offset
    agent.store(
        Transitions(
            observation=observation,
            action=agent.explore(observation),
            reward=generator.normal(size=16).astype(np.float32),
            terminated=np.zeros(16, np.bool_),
            truncated=np.zeros(16, np.bool_),
            next_observation=observation,
            reward_info=None,
            valid=np.ones(16, np.bool_),
        )
    )
    for _ in range(20):
        agent.update()

    state = {name: tensor.numpy() for name, tensor in agent.policy_state().items()}
    policy = Policy(state, LOW, HIGH)

    expected = agent.act(observation)
    assert np.abs(expected - (LOW + HIGH) / 2).max() > 1e-3
    np.testing.assert_allclose(policy.act(observation), expected, atol=1e-5)
    np.testing.assert_allclose(policy.act(observation[0]), expected[0], atol=1e-5)


def test_an_offset_in_float32_is_taken_off() -> None:
    state = {
        "actor.0.weight": np.eye(3, 2, dtype=np.float32),
        "actor.0.bias": np.zeros(3, np.float32),
        "normalizer.offset": np.array([0.1, 0.7], np.float32),
        "normalizer.scale": np.array([3.0, 0.3], np.float32),
        "normalizer.clip": np.array([5.0], np.float32),
    }
    observation = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    normalized = (observation - state["normalizer.offset"]) * state["normalizer.scale"]
    bounds = -np.ones(3), np.ones(3)

    action = Policy(state, *bounds).act(observation)

    np.testing.assert_allclose(action[:, :2], np.tanh(np.clip(normalized, -5, 5)), atol=1e-6)


def test_acting_leaves_the_observation_alone() -> None:
    state = {"actor.0.weight": np.ones((3, 2), np.float32), "actor.0.bias": np.ones(3, np.float32)}
    observation = np.array([0.5, -0.5], np.float32)
    Policy(state, LOW, HIGH).act(observation)

    np.testing.assert_array_equal(observation, [0.5, -0.5])


def test_arrays_without_an_actor_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected actor\.0\.weight"):
        Policy({"weights": np.zeros(3, np.float32)}, LOW, HIGH)


def test_neither_policy_nor_settings_import_torch() -> None:
    program = (
        "import sys; import robo_ddpg.agent.policy; import robo_ddpg.agent.settings; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
