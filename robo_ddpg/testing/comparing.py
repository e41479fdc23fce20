"""Helpers of the checks: random actions, and nested arrays compared to the last bit."""

from typing import Any

import numpy as np

from robo_ddpg.envs.robot_env import RobotEnv, RobotVectorEnv
from tasks.arrays import Array, Float32
from tasks.task import Task


def random_actions(env: RobotEnv | RobotVectorEnv, steps: int, seed: int = 0) -> Float32:
    """Uniform actions for so many steps, (steps, ...), each of the shape of the action space."""
    shape = (steps, *(env.action_space.shape or ()))
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def copied(value: Any) -> Any:
    """A deep copy of nested dictionaries of arrays."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return np.array(value)


def assert_same(first: Any, second: Any, where: str = "") -> None:
    """Raises AssertionError unless nested dictionaries of arrays are equal to the last bit."""
    if isinstance(first, dict):
        assert first.keys() == second.keys(), where
        for key in first:
            assert_same(first[key], second[key], f"{where}/{key}")
    else:
        np.testing.assert_array_equal(first, second, err_msg=where)


def row(value: Any, index: int) -> Any:
    """One simulation's share of nested arrays."""
    if isinstance(value, dict):
        return {key: row(inner, index) for key, inner in value.items()}
    return value[index]


def observation_of(task: Task) -> Array:
    """What a task observes now, (n, o)."""
    return np.concatenate(list(task.observe().values()), axis=1)
