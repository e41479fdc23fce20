"""What to train, how and for how long; kept as config.json in the run directory."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_origin, get_type_hints

from robo_ddpg.agent.settings import MOST, AgentSettings
from robo_ddpg.controller import versions
from robo_ddpg.envs.guarded import STEP_TIMEOUT_S
from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.seeds import check_seed

_AT_MOST = {"simulations": 10**5, "evaluation_episodes": 10**6}


@dataclass(frozen=True)
class TrainSettings:
    """How long and how a task is trained."""

    task: str
    """Task name, `module:Class`, or the id of a Gymnasium environment."""
    agent: AgentSettings
    """Learning settings."""
    steps: int
    """Transitions to collect at most."""
    minutes: float | None = None
    """Time to use at most, evaluations included [min]."""
    seed: int = 0
    """Fixes every random number of the run."""
    simulations: int = 64
    """Simulations that collect in parallel."""
    evaluate_every: int = 4_000
    """Transitions between evaluations."""
    evaluation_episodes: int = 100
    """Episodes of each evaluation."""
    mastered_success: float = 0.99
    """Training stops once this success rate ..."""
    mastered_times: int = 5
    """... was reached in so many evaluations in a row; 0 never stops early."""
    device: str = "cpu"
    """Where networks are trained: `cpu` or `cuda`."""
    step_timeout_s: float = STEP_TIMEOUT_S
    """A step or a reset of all simulations that takes longer counts as hanging [s]."""
    demonstrations: str | None = None
    """Where demonstrations are: a directory of recordings, a .npz file, or `minari:ID`."""
    track: tuple[str, ...] = ()
    """Experiment trackers that are told the metrics too: `wandb`, `trackio`, `mlflow`."""
    environment: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Settings of the task."""
    practice: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Settings of the task that it is practised with instead, where `environment` has the task's
    defaults; it is judged without them."""
    python: str | None = None
    """The interpreter whose processes step the environment; None for this one."""
    reasons: dict[str, str] = dataclasses.field(default_factory=dict)
    """Learning setting -> what was found in the environment that it follows from."""

    def __post_init__(self) -> None:
        """Check that counts are positive, and the device is known."""
        for name in ("steps", "simulations", "evaluate_every", "evaluation_episodes"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be positive, got {getattr(self, name)}")
            if getattr(self, name) > (most := _AT_MOST.get(name, MOST)):
                raise SettingsError(f"{name} must be at most {most}, got {getattr(self, name)}")
        check_seed(self.seed)
        for name in ("minutes", "step_timeout_s"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise SettingsError(f"{name} must be positive, got {value}")
        if self.device not in ("cpu", "cuda"):
            raise SettingsError(f"device must be cpu or cuda, got {self.device}")


def configuration(settings: TrainSettings) -> dict[str, Any]:
    """Everything that defines a run, as JSON-compatible values."""
    return {"settings": dataclasses.asdict(settings), "versions": versions()}


def settings_of(config: dict[str, Any]) -> TrainSettings:
    """The settings in a configuration.

    Raises:
        OutputDirectoryError: they are not complete, or of another version.
    """
    try:
        return _unpacked(config)
    except ValueError as error:
        raise OutputDirectoryError(
            f"the run's config.json does not fit this version: {error}; train it anew"
        ) from None


def read_settings(path: Path) -> TrainSettings:
    """The settings in the config.json of a run.

    Raises:
        SettingsError: it cannot be read, or does not hold the settings of a run.
    """
    try:
        return _unpacked(read_json(path))
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise SettingsError(f"{path} does not give the settings of a run: {reason}") from None


def _unpacked(config: Any) -> TrainSettings:
    """Raises ValueError where something is missing, unknown, or of another type."""
    try:
        values = dict(config["settings"])
        values["track"] = _as_tuple(values.get("track", ()))
        agent = {name: _as_tuple(value) for name, value in values.pop("agent").items()}
        _check_types(AgentSettings, agent)
        _check_types(TrainSettings, values)
        return TrainSettings(agent=AgentSettings(**agent), **values)
    except KeyError as error:
        raise ValueError(f"{error} is missing") from None
    except (TypeError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_types(kind: type[Any], values: dict[str, Any]) -> None:
    """Raises ValueError naming the first value that is not of the type of its field."""
    for name, wanted in get_type_hints(kind).items():
        plain = _PLAIN.get(wanted, get_origin(wanted) or wanted)
        if plain is not Literal and not isinstance(values.get(name), plain | None):
            raise ValueError(f"{name} cannot be {values[name]!r}")


_PLAIN: dict[Any, Any] = {
    float: float | int,
    float | None: float | int,
    str | None: str,
    tuple[float, float] | None: tuple,
}
"""Type of a field -> what its value may be besides None, where that is not the type itself."""
