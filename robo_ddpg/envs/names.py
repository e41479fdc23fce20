"""From any name a user may give to an environment: the one place where names are told apart."""

import abc
import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium
from gymnasium.envs.registration import EnvSpec

import tasks
from robo_ddpg.control.entry_points import load_module, unfamiliar_module
from robo_ddpg.controller import Controller
from robo_ddpg.envs.building.named import building_settings
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import ControllerError, EntryPointError, UnknownEnvironmentError
from tasks.building.named import BUILDINGS
from tasks.learning import Learning

if TYPE_CHECKING:
    from robo_ddpg.envs.environment import Environment
    from robo_ddpg.envs.guarded import GuardedEnvironment


@dataclass(frozen=True)
class Source(abc.ABC):
    """What a name stands for."""

    name: str
    """As configurations and controllers keep it."""

    @property
    @abc.abstractmethod
    def settings(self) -> Any:
        """Default settings, a dataclass; None where only the environment knows them."""

    @property
    def learning(self) -> Learning | None:
        """How it is best learned; None where nobody has said so."""
        return None

    @property
    def action_settings(self) -> tuple[str, ...]:
        """Settings that say what an action means; episodes are the same whatever they are."""
        return ()

    @property
    def varied_settings(self) -> tuple[str, ...]:
        """Settings by which the world differs from episode to episode; with 0 it does not."""
        return ()

    @property
    def memory_settings(self) -> tuple[str, ...]:
        """Settings that say what is observed of past actions; episodes are the same for any."""
        return ()

    @abc.abstractmethod
    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """All settings, from those that differ from the defaults.

        Raises:
            SettingsError: there is no such setting, or not with this value.
        """

    @abc.abstractmethod
    def make(
        self, num_envs: int, /, *, threads: int = 0, pictures: bool = False, **settings: Any
    ) -> "Environment":
        """N simulations without autoreset.

        Args:
            num_envs: number of simulations n.
            threads: threads or processes that simulate; 0 for one per core.
            pictures: whether they will be asked for some.
            **settings: those that differ from the defaults.

        Raises:
            UnknownEnvironmentError: it cannot be made, or its spaces cannot be learned on.
            SettingsError: there is no such setting, or not with this value.
            RenderingError: it gives no pictures.
        """


class TaskSource(Source):
    """A task: a registered one, or a class of the user's own."""

    @property
    def settings(self) -> Any:
        """The task's default settings."""
        return make_task(self.name).settings

    @property
    def learning(self) -> Learning:
        """What the task says."""
        return make_task(self.name).learning

    @property
    def action_settings(self) -> tuple[str, ...]:
        """What the task says."""
        return make_task(self.name).action_settings

    @property
    def varied_settings(self) -> tuple[str, ...]:
        """Those that every task has."""
        from tasks.task import VARIED

        return VARIED

    @property
    def memory_settings(self) -> tuple[str, ...]:
        """Those that every task has."""
        from tasks.task import MEMORY

        return MEMORY

    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The task's."""
        return dataclasses.asdict(make_task(self.name, **settings).settings)

    def make(
        self, num_envs: int, /, *, threads: int = 0, pictures: bool = False, **settings: Any
    ) -> "Environment":
        """One batch of simulations."""
        from gymnasium.vector import AutoresetMode

        from robo_ddpg.envs.robot_env import RobotVectorEnv

        task = make_task(self.name, **settings)
        mode = AutoresetMode.DISABLED
        return RobotVectorEnv(num_envs, task, autoreset_mode=mode, threads=threads)


class BuildingSource(Source):
    """A building of this package, which is simulated without MuJoCo."""

    @property
    def settings(self) -> Any:
        """Those of its name."""
        return BUILDINGS[self.name].settings

    @property
    def learning(self) -> Learning:
        """What its name says."""
        return BUILDINGS[self.name].learning

    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The building's."""
        return dataclasses.asdict(building_settings(self.name, **settings))

    def make(
        self, num_envs: int, /, *, threads: int = 0, pictures: bool = False, **settings: Any
    ) -> "Environment":
        """All at once, in this thread."""
        from gymnasium.vector import AutoresetMode

        from robo_ddpg.envs.building.env import BuildingVectorEnv

        mode = "rgb_array" if pictures else None
        return BuildingVectorEnv(num_envs, self.name, mode, AutoresetMode.DISABLED, **settings)


@dataclass(frozen=True)
class ForeignSource(Source):
    """An environment that is not a task of this package: an id, or a class of the user's own."""

    python: str | None = None
    """The interpreter that knows it; None for this one."""

    settings = None

    def complete(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """As they are: defaults stay with the environment."""
        return dict(settings)

    def make(
        self, num_envs: int, /, *, threads: int = 0, pictures: bool = False, **settings: Any
    ) -> "Environment":
        """Simulated together where the package can, otherwise each by itself."""
        from robo_ddpg.envs.foreign.make import foreign_environment

        return foreign_environment(self.name, num_envs, threads, self.python, pictures, **settings)


def names() -> list[str]:
    """What this package can train on by a short name: its tasks and its buildings."""
    return [*tasks.names(), *BUILDINGS]


def resolve(name: str, python: str | None = None) -> Source:
    """What a name stands for.

    Args:
        name: a task's name such as `reach`; an id as Gymnasium names it, such as `Pendulum-v1` or
            `my_module:My-v0`, whose module is imported first; or `module:Class` for a task or an
            environment of the user's own (found from the working directory too).
        python: another interpreter that knows it; then nothing is imported here.

    Raises:
        UnknownEnvironmentError: there is no such task or environment; the message names near ones.
    """
    if python is not None:
        return ForeignSource(name, python)
    spec = gymnasium.registry.get(name)
    if spec is not None:
        return _registered(spec)
    if ":" in name:
        return _in_module(name)
    if name in BUILDINGS:
        return BuildingSource(name)
    try:
        tasks.factory(name)
    except tasks.UnknownTaskError as error:
        near = difflib.get_close_matches(name, gymnasium.registry, n=1, cutoff=0.8)
        hint = f"; Gymnasium has {near[0]}" if near else ""
        raise UnknownEnvironmentError(f"{error}{hint}") from None
    return TaskSource(name)


def _registered(spec: EnvSpec) -> Source:
    """What an id in Gymnasium's registry stands for."""
    if not spec.id.startswith("robo_ddpg/"):
        return ForeignSource(spec.id)
    if "building" in spec.kwargs:
        return BuildingSource(spec.kwargs["building"])
    return TaskSource(spec.kwargs["task"])


def _in_module(name: str) -> Source:
    """What `module:Class` or `module:Id` stands for."""
    from tasks.task import Task

    module_name, _, attribute = name.partition(":")
    try:
        module = load_module(module_name, name)
    except EntryPointError as error:
        raise UnknownEnvironmentError(str(error)) from None
    found = getattr(module, attribute, None)
    if isinstance(found, type) and issubclass(found, Task):
        return TaskSource(name)
    environments = (gymnasium.Env, gymnasium.vector.VectorEnv)
    if attribute in gymnasium.registry:
        return ForeignSource(name)
    if isinstance(found, type) and issubclass(found, environments):
        return ForeignSource(name)
    ids = [spec for spec in gymnasium.registry if spec.split("-v")[0] == attribute.split("-v")[0]]
    near = ids or difflib.get_close_matches(attribute, [*vars(module), *gymnasium.registry], n=1)
    hint = f"; did you mean {module_name}:{near[0]}?" if near else ""
    what = "has nothing of that name" if found is None else f"gives {found!r:.60}"
    raise UnknownEnvironmentError(
        f"{name!r} is neither a task nor an environment: {module_name} ({module.__file__}) {what}; "
        f"expected a subclass of tasks.Task, gymnasium.Env or VectorEnv, or a registered id{hint}"
    )


def source_of(controller: Controller) -> Source:
    """The task or environment that a controller was trained for.

    Raises:
        ControllerError: it names a module or an interpreter, which nobody vouched for.
        UnknownEnvironmentError: there is no such task or environment.
    """
    task = controller.task
    name, python = task["name"], task.get("python")
    module = unfamiliar_module(name)
    if (module or python is not None) and not controller.own:
        what = f"the interpreter {python}" if python else f"the module {module}"
        raise ControllerError(
            f"{controller.path} names {what}, whose code would run: if you trust it, name it "
            f"yourself with --task {name}" + (" --python and your interpreter" if python else "")
        )
    return resolve(name, python)


def environment_of(
    controller: Controller,
    num_envs: int,
    /,
    *,
    threads: int = 0,
    pictures: bool = False,
    **settings: Any,
) -> "GuardedEnvironment":
    """N simulations of what a controller was trained for; raises as `source_of` and `Source.make`.

    Args:
        controller: the controller.
        num_envs: number of simulations n.
        threads: threads or processes that simulate; 0 for one per core.
        pictures: whether they will be asked for some.
        **settings: those that differ from what it was trained with.
    """
    complete = {**controller.task["settings"], **settings}
    source = source_of(controller)
    return _guarded(source.make(num_envs, threads=threads, pictures=pictures, **complete))


def make_environment(
    name: str,
    num_envs: int,
    /,
    *,
    threads: int = 0,
    python: str | None = None,
    step_timeout_s: float | None = None,
    **settings: Any,
) -> "GuardedEnvironment":
    """N simulations of what a name stands for, guarded.

    Args:
        name: see `resolve`.
        num_envs: number of simulations n.
        threads: threads or processes that simulate; 0 for one per core.
        python: see `resolve`.
        step_timeout_s: how long a step or a reset of all of them may take [s].
        **settings: see `Source.make`.
    """
    env = resolve(name, python).make(num_envs, threads=threads, **settings)
    return _guarded(env, step_timeout_s)


def _guarded(env: "Environment", step_timeout_s: float | None = None) -> "GuardedEnvironment":
    from robo_ddpg.envs.guarded import STEP_TIMEOUT_S, GuardedEnvironment

    return GuardedEnvironment(env, step_timeout_s or STEP_TIMEOUT_S)
