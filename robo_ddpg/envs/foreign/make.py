"""Making foreign environments: simulated together where that is possible, else each by itself."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

import gymnasium
from gymnasium.vector import VectorEnv

from robo_ddpg.envs.foreign.environment import ForeignEnvironment
from robo_ddpg.envs.foreign.goals import ForeignGoals
from robo_ddpg.envs.foreign.simulations import Simulations, Stepping
from robo_ddpg.envs.foreign.stepped import Separate, Stepped, Together
from robo_ddpg.envs.foreign.stepping import fastest
from robo_ddpg.envs.gymnasium_batch.env import BATCHED, GymnasiumBatchEnv
from robo_ddpg.errors import RenderingError, SettingsError, UnknownEnvironmentError
from robo_ddpg.process.processors import available_processors


def foreign_environment(
    name: str,
    num_envs: int,
    /,
    threads: int = 0,
    python: str | None = None,
    pictures: bool = False,
    **settings: Any,
) -> ForeignEnvironment:
    """N simulations of an environment that is not this package's.

    Args:
        name: an id as Gymnasium names it, or `module:Class`.
        num_envs: number of simulations n.
        threads: how many cores may step them; 0 for all.
        python: another interpreter, whose processes step them.
        pictures: whether they will be asked for some.
        **settings: what the environment is given besides.

    Raises:
        UnknownEnvironmentError: it cannot be made, or its spaces are not supported.
        SettingsError: it does not take these settings.
        EnvironmentFailure: another interpreter cannot make it.
        RenderingError: it gives no pictures.
    """
    with refusing(name):
        if pictures:
            return _drawing(name, num_envs, python, settings)
        return _made(name, num_envs, threads, python, settings)


@contextlib.contextmanager
def refusing(name: str) -> Iterator[None]:
    """What keeps an environment from being made, in a sentence; raises as `foreign_environment`."""
    try:
        yield
    except (gymnasium.error.Error, ImportError) as error:
        raise UnknownEnvironmentError(f"{name} cannot be made: {error}") from error
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        raise SettingsError(f"{name} cannot have these arguments: {error}") from error


def one_after_the_other(name: str, num_envs: int, /, **settings: Any) -> ForeignEnvironment:
    """N unmodified environments, stepped in turn; raises as `foreign_environment`."""
    described = {"name": name, "settings": settings}
    return ForeignEnvironment(Separate(Simulations(name, settings, num_envs)), described)


def _made(
    name: str, num_envs: int, threads: int, python: str | None, settings: dict[str, Any]
) -> ForeignEnvironment:
    described = {"name": name, "settings": settings}
    workers = min(threads or available_processors(), num_envs)
    if python is not None:
        simulations = Simulations(name, settings, num_envs, "processes", workers, python)
        notes = [f"environments are stepped by {workers} processes of {python}"]
        return _with_goals(simulations, described | {"python": python}, notes)
    together = _together(name, num_envs, threads, settings)
    if together is not None:
        return ForeignEnvironment(together, described)
    trial = fastest(name, settings, num_envs, workers)
    simulations = Simulations(name, settings, num_envs, trial.best, workers)
    return _with_goals(simulations, described, [str(trial)])


def _drawing(
    name: str, num_envs: int, python: str | None, settings: dict[str, Any]
) -> ForeignEnvironment:
    """Environments that draw themselves, each by itself."""
    kind = own_class(name) if python is None else None
    if kind is not None and issubclass(kind, VectorEnv):
        raise RenderingError(
            f"{name} is a vector environment: pictures need one of a single simulation, "
            "a gymnasium.Env"
        )
    stepping: Stepping = "in turn" if python is None else "processes"
    simulations = Simulations(name, settings, num_envs, stepping, 1, python, pictures=True)
    modes = simulations.description["render_modes"]
    if "rgb_array" not in modes:
        simulations.close()
        raise RenderingError(
            f"{name} gives no pictures: that takes the render mode rgb_array, and it has "
            f"{', '.join(modes) or 'none'}; name it in metadata['render_modes'] and let render() "
            "return an array (height, width, 3) of uint8"
        )
    described = {"name": name, "settings": settings} | ({"python": python} if python else {})
    return ForeignEnvironment(Separate(simulations), described, drawn=simulations)


def _together(name: str, num_envs: int, threads: int, settings: dict[str, Any]) -> Stepped | None:
    """A vector environment of this name; None if there is none."""
    if name in BATCHED and not settings:
        return Together(GymnasiumBatchEnv(name, num_envs, threads), name)
    kind = own_class(name)
    if kind is not None and issubclass(kind, VectorEnv):
        return Together(kind(num_envs=num_envs, **settings), name)
    spec = gymnasium.registry.get(name)
    if spec is not None and spec.vector_entry_point is not None:
        mode = gymnasium.VectorizeMode.VECTOR_ENTRY_POINT
        return Together(gymnasium.make_vec(name, num_envs, mode, **settings), name)
    return None


def _with_goals(
    simulations: Simulations, described: dict[str, Any], notes: list[str]
) -> ForeignEnvironment:
    """With hindsight where the environment rewards goals."""
    stepped = Separate(simulations)

    def goals() -> ForeignGoals:
        python = described.get("python")
        way: Stepping = "in turn" if python is None else "processes"
        name, settings = described["name"], described["settings"]
        return ForeignGoals(Simulations(name, settings, 1, way, 1, python), stepped.flattening)

    conditioned = simulations.description["goals"]
    return ForeignEnvironment(stepped, described, notes, goals if conditioned else None)


def own_class(name: str) -> Any:
    """The class that `module:Class` names; None if it names none."""
    module, _, attribute = name.partition(":")
    kind = getattr(importlib.import_module(module), attribute, None) if attribute else None
    return kind if isinstance(kind, type) else None
