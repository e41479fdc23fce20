"""Vector environments for training and evaluation, from any name a user may give."""

from typing import Any

import gymnasium
from gymnasium.vector import AutoresetMode, VectorEnv

from robo_ddpg.envs.gymnasium_batch import PLANAR_ROBOTS, GymnasiumBatchEnv
from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.errors import UnknownEnvironmentError
from tasks.task import Task

AnyVectorEnv = VectorEnv[Any, Any, Any]


def is_gymnasium_id(name: str) -> bool:
    """Whether the name is that of a registered Gymnasium environment that is not a task of ours."""
    return name in gymnasium.registry and not name.startswith("robo_ddpg/")


def make_vector_env(
    name: str | Task, num_envs: int, *, threads: int = 0, **settings: Any
) -> AnyVectorEnv:
    """N simulations without autoreset: finished ones wait for `reset(options={"reset_mask": ...})`.

    Args:
        name: task name, `module:Class`, a Gymnasium id with Box spaces, or a task.
        num_envs: number of simulations.
        threads: physics threads; 0 for one per core.
        **settings: the task's settings, or the arguments of the Gymnasium environment.

    Raises:
        UnknownEnvironmentError: no such task, or its actions or observations are not a Box.
    """
    if name in PLANAR_ROBOTS and not settings:
        return GymnasiumBatchEnv(name, num_envs, threads)
    if isinstance(name, str) and is_gymnasium_id(name):
        return gymnasium_vector_env(name, num_envs, **settings)
    if isinstance(name, str) and name.startswith("robo_ddpg/"):
        name = task_name(name)
    task = make_task(name, **settings)
    return RobotVectorEnv(num_envs, task, autoreset_mode=AutoresetMode.DISABLED, threads=threads)


def size_of(space: gymnasium.Space[Any]) -> int:
    """Number of values in a one-dimensional Box."""
    return int((space.shape or (0,))[0])


def task_name(environment_id: str) -> str:
    """The task behind one of our Gymnasium ids; other names are returned as they are."""
    spec = gymnasium.registry.get(environment_id)
    ours = spec is not None and environment_id.startswith("robo_ddpg/")
    return str(spec.kwargs["task"]) if spec and ours else environment_id


def gymnasium_vector_env(name: str, num_envs: int, **settings: Any) -> AnyVectorEnv:
    """N of Gymnasium's own environments, one after the other, without autoreset.

    Raises:
        UnknownEnvironmentError: it cannot be made, or its actions or observations are not a Box.
    """
    try:
        env = gymnasium.make_vec(
            name,
            num_envs,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AutoresetMode.DISABLED},
            **settings,
        )
    except (gymnasium.error.Error, ImportError) as error:
        raise UnknownEnvironmentError(f"{name} cannot be made: {error}") from error
    for what, space in (
        ("observations", env.single_observation_space),
        ("actions", env.single_action_space),
    ):
        if not (isinstance(space, gymnasium.spaces.Box) and len(space.shape) == 1):
            env.close()
            raise UnknownEnvironmentError(
                f"{name} cannot be trained: its {what} are {space}, expected a one-dimensional Box"
            )
    return env
