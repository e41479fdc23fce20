"""Old names until their users have moved."""

from typing import Any

from robo_ddpg.envs.environment import size_of as size_of
from robo_ddpg.envs.names import TaskSource, resolve
from robo_ddpg.envs.names import make_environment as make_vector_env

__all__ = ["make_vector_env", "size_of"]

AnyVectorEnv = Any


def is_gymnasium_id(name: str) -> bool:
    """Old name."""
    return not isinstance(resolve(name), TaskSource)


def task_name(name: str) -> str:
    """Old name."""
    return resolve(name).name
