"""Which settings a sweep varies, and within what."""

import dataclasses
import difflib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import RoboDDPGError, SettingsError, UnreadableFile
from robo_ddpg.reading.plain_file import read_bytes
from robo_ddpg.training.settings import TrainSettings

MOST_BYTES = 2**20
"""Of a file of parameters."""
_FORMS = "{low = 0.1, high = 0.9}, with log = true if wanted, or {choices = [...]}"

Values = dict[str, Any]
"""Name of a setting -> its value."""


@dataclass(frozen=True)
class Parameter:
    """A setting and the values it may take: a range, or choices."""

    name: str
    """Such as `agent.discount`."""
    low: Any = None
    """Least value of a range, whole numbers where the setting is one."""
    high: Any = None
    """Greatest value, included."""
    log: bool = False
    """Whether a range is searched by orders of magnitude."""
    choices: tuple[Any, ...] = ()
    """The values, if they are no range."""

    @property
    def extremes(self) -> tuple[Any, ...]:
        """Values that all have to be possible."""
        return self.choices or (self.low, self.high)


def read_parameters(path: Path) -> list[Parameter]:
    """Parameters from a TOML file with tables `agent`, `environment`.

    Raises:
        SettingsError: it cannot be read, or says something else.
    """
    try:
        tables = tomllib.loads(read_bytes(path, MOST_BYTES).decode())
    except (OSError, ValueError, UnreadableFile, RecursionError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise SettingsError(f"{path} does not give parameters: {reason}") from None
    found = [_from_table(name, value, path) for name, value in _entries(tables, path)]
    if not found:
        raise SettingsError(f"{path} names no parameter; write agent.discount = {_FORMS}")
    return found


def parse_parameter(text: str) -> Parameter:
    """A parameter from the command line.

    Args:
        text: `agent.discount=0.9:0.99`, `agent.actor_learning_rate=1e-4:1e-2:log`, or choices as in
            `agent.hidden_sizes=[64,64]|[128,128]`.

    Raises:
        SettingsError: it has another form.
    """
    name, equals, said = text.partition("=")
    if not equals or not said:
        raise SettingsError(f"expected NAME=LOW:HIGH or NAME=A|B, got {text}")
    name = name.replace("-", "_")
    low, colon, rest = said.partition(":")
    if not colon:
        return Parameter(name, choices=tuple(map(_value, said.split("|"))))
    high, _, kind = rest.partition(":")
    if kind not in ("", "log"):
        raise SettingsError(f"expected NAME=LOW:HIGH:log, got {text}")
    return _range(name, _value(low), _value(high), kind == "log")


def check_parameters(parameters: Sequence[Parameter], settings: TrainSettings) -> None:
    """Refuse what the settings do not have, or may not be, before anything is trained.

    Args:
        parameters: what is varied.
        settings: the others.

    Raises:
        SettingsError: there is no such setting (the message names the nearest), it is varied twice,
            or the end of a range or a choice is refused.
    """
    names = [parameter.name for parameter in parameters]
    _check_names(names, settings)
    for parameter in parameters:
        if names.count(parameter.name) > 1:
            raise SettingsError(f"{parameter.name} is varied twice")
        for value in parameter.extremes:
            try:
                with_values(settings, {parameter.name: value})
            except RoboDDPGError as error:
                raise SettingsError(f"{parameter.name} cannot be {value}: {error}") from None


def with_values(settings: TrainSettings, values: Mapping[str, Any]) -> TrainSettings:
    """The settings with some of them changed.

    Raises:
        SettingsError: there is no such setting, or not with this value.
    """
    _check_names(values, settings)
    agent, environment = (
        {n.removeprefix(p): _as_tuple(v) for n, v in values.items() if n.startswith(p)}
        for p in ("agent.", "environment.")
    )
    try:
        learning = dataclasses.replace(settings.agent, **agent)
    except (TypeError, ValueError) as error:
        raise SettingsError(str(error)) from None
    world = resolve(settings.task, settings.python).complete(
        {**settings.environment, **environment}
    )
    others = {name: value for name, value in values.items() if "." not in name}
    return dataclasses.replace(settings, agent=learning, environment=world, **others)


def _check_names(names: Iterable[str], settings: TrainSettings) -> None:
    """Raises SettingsError for a setting that there is not, and names the nearest."""
    known = varied_names(settings)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise SettingsError(f"there is no setting {name} to vary{hint}")


def varied_names(settings: TrainSettings) -> list[str]:
    """Every setting that can be varied."""
    agent = [f"agent.{field.name}" for field in dataclasses.fields(AgentSettings)]
    environment = [f"environment.{name}" for name in settings.environment]
    return [*agent, *environment, "simulations"]


def is_whole(parameter: Parameter) -> bool:
    """Whether a range is one of whole numbers."""
    return isinstance(parameter.low, int) and isinstance(parameter.high, int)


def _entries(tables: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    for table, entries in tables.items():
        if table not in ("agent", "environment"):
            yield table, entries
        elif isinstance(entries, dict):
            yield from ((f"{table}.{name.replace('-', '_')}", v) for name, v in entries.items())
        else:
            raise SettingsError(f"{path}: {table} is no table; write [{table}]")


def _from_table(name: str, value: Any, path: Path) -> Parameter:
    fits = isinstance(value, dict) and {*value} in (
        {"choices"},
        {"low", "high"},
        {"low", "high", "log"},
    )
    if not fits:
        raise SettingsError(f"{path}: {name} cannot be {value!r:.60}; write {name} = {_FORMS}")
    if "choices" in value:
        if not isinstance(value["choices"], list) or not value["choices"]:
            raise SettingsError(f"{path}: the choices of {name} are no list, or an empty one")
        return Parameter(name, choices=tuple(map(_as_tuple, value["choices"])))
    return _range(name, value["low"], value["high"], value.get("log", False))


def _range(name: str, low: Any, high: Any, log: Any) -> Parameter:
    """Raises SettingsError where the ends are no numbers, or in another order."""
    if {type(low), type(high)} - {int, float} or not low <= high:
        raise SettingsError(f"{name}: expected a range from low to high, got {low} to {high}")
    if log and low <= 0:
        raise SettingsError(f"{name}: with log a range begins above 0, got {low}")
    return Parameter(name, low, high, bool(log))


def _value(text: str) -> Any:
    try:
        return _as_tuple(json.loads(text))
    except ValueError:
        return text


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
