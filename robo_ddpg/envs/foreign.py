"""Gymnasium's own environments, and those of others, as training and evaluation see them."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from robo_ddpg.envs.gymnasium_batch import PLANAR_ROBOTS, GymnasiumBatchEnv
from robo_ddpg.errors import UnknownEnvironmentError
from tasks.arrays import Int64

AnyVectorEnv = VectorEnv[Any, Any, Any]


class ForeignEnvironment:
    """A vector environment of which nothing is known but its name, spaces and steps."""

    simulation = None
    goal_space = None

    def __init__(self, env: AnyVectorEnv, name: str, settings: dict[str, Any]) -> None:
        """Take a vector environment.

        Args:
            env: n environments, with autoreset disabled.
            name: the id that makes one of them.
            settings: what `gymnasium.make` was given besides.
        """
        self._env, self._name, self._settings = env, name, settings
        self.num_envs = env.num_envs
        self.single_observation_space: Any = env.single_observation_space
        self.single_action_space: Any = env.single_action_space
        self.seeds: Int64 = np.zeros(env.num_envs, np.int64)

    def describe(self) -> dict[str, Any]:
        """Its name, and what `gymnasium.make` was given besides."""
        return {"name": self._name, "settings": self._settings}

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes, in all simulations or in those of `options["reset_mask"]`."""
        if seed is not None:
            every = seed + np.arange(self.num_envs) if isinstance(seed, int) else seed
            self.seeds = np.array(every, np.int64)
        return self._env.reset(seed=seed, options=options)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One step of all simulations."""
        return self._env.step(actions)

    def close(self) -> None:
        """Free what it holds."""
        self._env.close()


def foreign_environment(
    name: str, num_envs: int, threads: int = 0, **settings: Any
) -> ForeignEnvironment:
    """N simulations of an environment that is registered with Gymnasium.

    Args:
        name: its id.
        num_envs: number of simulations n.
        threads: physics threads where they are simulated together; 0 for one per core.
        **settings: what `gymnasium.make` is given besides.

    Raises:
        UnknownEnvironmentError: it cannot be made, or its actions or observations are not a Box.
    """
    if name in PLANAR_ROBOTS and not settings:
        return ForeignEnvironment(GymnasiumBatchEnv(name, num_envs, threads), name, settings)
    return one_after_the_other(name, num_envs, **settings)


def one_after_the_other(name: str, num_envs: int, **settings: Any) -> ForeignEnvironment:
    """N unmodified environments of Gymnasium's, stepped in turn.

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
    return ForeignEnvironment(env, name, settings)
