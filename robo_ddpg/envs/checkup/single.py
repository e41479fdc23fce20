"""One environment as its maker wrote it, stepped so that its manners can be seen."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from robo_ddpg.envs.checkup.forms import Forms
from robo_ddpg.envs.checkup.stopwatch import Stopwatch
from robo_ddpg.envs.foreign import worker
from robo_ddpg.envs.foreign.make import own_class, refusing
from robo_ddpg.envs.foreign.spaces import check_spaces
from robo_ddpg.envs.names import BuildingSource, ForeignSource, Source
from robo_ddpg.envs.registration import make_task
from robo_ddpg.flattening import ActionForm, Flattening
from tasks.arrays import Mask
from tasks.task import GoalTask

AnyArray = NDArray[Any]


def single(source: Source, settings: dict[str, Any]) -> "Single | None":
    """One environment of this interpreter; None where it is another's, or only a vector of them.

    Args:
        source: what its name stands for.
        settings: those that differ from the defaults.

    Raises:
        UnknownEnvironmentError: it cannot be made, or its spaces are not supported.
        SettingsError: it does not take these settings.
    """
    if isinstance(source, BuildingSource):
        from robo_ddpg.envs.building.env import BuildingEnv

        building = BuildingEnv(source.name, **settings)
        return Single(building, source.name, building.batch.episode_steps)
    if not isinstance(source, ForeignSource):
        from robo_ddpg.envs.robot_env import RobotEnv

        env = RobotEnv(make_task(source.name, **settings))
        return Single(env, source.name, env.task.episode_steps, isinstance(env.task, GoalTask))
    if source.python is not None or _is_vector(source.name):
        return None
    with refusing(source.name):
        made = worker.make(source.name, settings)
    limit = getattr(made.spec, "max_episode_steps", None)
    return Single(made, source.name, limit, _has_goals(made))


def _is_vector(name: str) -> bool:
    """Whether there is nothing but a vector environment of this name."""
    kind, spec = own_class(name), gymnasium.registry.get(name)
    own = kind is not None and issubclass(kind, VectorEnv)
    return own or (spec is not None and spec.entry_point is None)


def _has_goals(env: gymnasium.Env[Any, Any]) -> bool:
    names = {"/".join(map(str, path)) for path, _ in worker.leaves(env.observation_space)}
    rewards = callable(getattr(env.unwrapped, "compute_reward", None))
    return rewards and {"achieved_goal", "desired_goal"} <= names


class Single:
    """It as `Environment`, watched and timed within each call."""

    num_envs = 1
    simulation = None
    goal_space = None

    def __init__(
        self,
        env: gymnasium.Env[Any, Any],
        name: str,
        episode_steps: int | None = None,
        goals: bool = False,
    ) -> None:
        """Take an environment, used by nobody else from now on.

        Args:
            env: the environment.
            name: its name.
            episode_steps: its time limit [steps].
            goals: whether hindsight can reward other goals.

        Raises:
            UnknownEnvironmentError: its spaces are not supported.
        """
        description = worker.spaces_of(env.observation_space, env.action_space)
        check_spaces(description, name)
        self.env, self.name, self.episode_steps = env, name, episode_steps
        self.goals = goals
        self.flattening = Flattening.from_json(description["observation"])
        self.form = ActionForm.from_json(description["action"])
        self.watch = Stopwatch(env)
        self.forms = Forms(env.observation_space, self.flattening)
        size = self.flattening.size
        self.single_observation_space: Any = Box(-np.inf, np.inf, (size,), np.float64)
        low, high = (bound.ravel().astype(np.float32) for bound in (self.form.low, self.form.high))
        self.single_action_space: Any = Box(low, high, dtype=np.float32)
        self.seeds = np.zeros(1, np.int64)
        self.notes: list[str] = []

    def describe(self) -> dict[str, Any]:
        """Its name, observations and actions."""
        parts, form = self.flattening.to_json(), self.form.to_json()
        return {"name": self.name, "settings": {}, "observation": parts, "action": form}

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[AnyArray, dict[str, Any]]:
        """Start an episode."""
        observation, _ = self.watch.reset(seed=seed)
        return self._row(observation), {}

    def step(self, actions: Any) -> tuple[AnyArray, AnyArray, Mask, Mask, dict[str, Any]]:
        """One step, (1, a)."""
        action = np.array(self.form.formed(actions)[0])
        observation, reward, terminated, truncated, info = self.watch.step(action)
        success = info.get("is_success", info.get("success"))
        told = {} if success is None else {"is_success": np.array([bool(success)])}
        ends = np.array([bool(terminated)]), np.array([bool(truncated)])
        return self._row(observation), np.array([_number(reward)]), *ends, told

    def close(self) -> None:
        """Free it; may be called twice."""
        self.env.close()

    def _row(self, observation: Any) -> AnyArray:
        """The observation as a vector, (1, o)."""
        try:
            values = self.flattening.values(observation)
        except ValueError as error:
            raise worker.Misfit(str(error)) from None
        for part, value in zip(self.flattening.parts, values, strict=True):
            if value.shape != part.shape:
                raise worker.Misfit(f"{part.name} has shape {value.shape}, expected {part.shape}")
        self.forms.see(observation)
        return self.flattening.flat([value[None] for value in values])


def _number(reward: Any) -> float:
    array = np.asarray(reward, float)
    if array.size != 1:
        raise worker.Misfit(f"expected one number as reward, got {reward!r:.80}")
    return float(array.reshape(()))
