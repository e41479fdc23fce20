"""From any name a user may give to an environment: the one place where names are told apart."""

import abc
import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium

import tasks
from robo_ddpg.envs.registration import make_task, task_class
from robo_ddpg.errors import EntryPointError, UnknownEnvironmentError

if TYPE_CHECKING:
    from robo_ddpg.envs.environment import Environment


@dataclass(frozen=True)
class Source(abc.ABC):
    """What a name stands for."""

    name: str
    """As configurations and controllers keep it."""

    @property
    @abc.abstractmethod
    def settings(self) -> Any:
        """Default settings, a dataclass; None where only `gymnasium.make` knows them."""

    @property
    def action_settings(self) -> tuple[str, ...]:
        """Settings that say what an action means; episodes are the same whatever they are."""
        return ()

    @abc.abstractmethod
    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """All settings, from those that differ from the defaults.

        Raises:
            SettingsError: there is no such setting, or not with this value.
        """

    @abc.abstractmethod
    def make(self, num_envs: int, *, threads: int = 0, **settings: Any) -> "Environment":
        """N simulations without autoreset.

        Args:
            num_envs: number of simulations n.
            threads: physics threads; 0 for one per core.
            **settings: those that differ from the defaults.

        Raises:
            UnknownEnvironmentError: it cannot be made, or its spaces are no one-dimensional Box.
            SettingsError: there is no such setting, or not with this value.
        """


class TaskSource(Source):
    """A task: a registered one, or a class of the user's own."""

    @property
    def settings(self) -> Any:
        """The task's default settings."""
        return make_task(self.name).settings

    @property
    def action_settings(self) -> tuple[str, ...]:
        """What the task says."""
        return make_task(self.name).action_settings

    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The task's."""
        return dataclasses.asdict(make_task(self.name, **settings).settings)

    def make(self, num_envs: int, *, threads: int = 0, **settings: Any) -> "Environment":
        """One batch of simulations."""
        from gymnasium.vector import AutoresetMode

        from robo_ddpg.envs.robot_env import RobotVectorEnv

        task = make_task(self.name, **settings)
        mode = AutoresetMode.DISABLED
        return RobotVectorEnv(num_envs, task, autoreset_mode=mode, threads=threads)


class GymnasiumSource(Source):
    """An environment that is registered with Gymnasium and not a task of this package."""

    settings = None

    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """As they are: defaults stay with Gymnasium."""
        return dict(settings)

    def make(self, num_envs: int, *, threads: int = 0, **settings: Any) -> "Environment":
        """Simulated together where the package can, otherwise one after the other."""
        from robo_ddpg.envs.foreign import foreign_environment

        return foreign_environment(self.name, num_envs, threads, **settings)


def resolve(name: str) -> Source:
    """What a name stands for.

    Args:
        name: a task's name such as `reach`, `module:Class`, or an id registered with Gymnasium.

    Raises:
        UnknownEnvironmentError: there is no such task or environment; the message names near ones.
    """
    spec = gymnasium.registry.get(name)
    if spec is not None:
        ours = name.startswith("robo_ddpg/")
        return TaskSource(str(spec.kwargs["task"])) if ours else GymnasiumSource(name)
    try:
        task_class(name)
    except EntryPointError as error:
        raise UnknownEnvironmentError(str(error)) from None
    except tasks.UnknownTaskError as error:
        near = difflib.get_close_matches(name, gymnasium.registry, n=1, cutoff=0.8)
        hint = f"; Gymnasium has {near[0]}" if near else ""
        raise UnknownEnvironmentError(f"{error}{hint}") from None
    return TaskSource(name)


def make_environment(
    name: str, num_envs: int, *, threads: int = 0, **settings: Any
) -> "Environment":
    """N simulations of what a name stands for; see `resolve` and `Source.make`."""
    return resolve(name).make(num_envs, threads=threads, **settings)
