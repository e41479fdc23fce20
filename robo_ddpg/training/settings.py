"""What to train, how and for how long; kept as config.json in the run directory."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.controller import versions
from robo_ddpg.errors import OutputDirectoryError, SettingsError


@dataclass(frozen=True)
class TrainSettings:
    """How long and how a task is trained."""

    task: str
    """Task name, `module:Class`, or the id of a Gymnasium environment with Box spaces."""
    agent: AgentSettings
    """Learning settings."""
    steps: int
    """Transitions to collect at most."""
    minutes: float | None = None
    """Training time to use at most [min]."""
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
    environment: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Settings of the task."""

    def __post_init__(self) -> None:
        """Check that counts are positive."""
        for name in ("steps", "simulations", "evaluate_every", "evaluation_episodes"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be positive, got {getattr(self, name)}")
        if self.seed < 0:
            raise SettingsError(f"seed must not be negative, got {self.seed}")
        if self.minutes is not None and not self.minutes > 0:
            raise SettingsError(f"minutes must be positive, got {self.minutes}")


def configuration(settings: TrainSettings) -> dict[str, Any]:
    """Everything that defines a run, as JSON-compatible values."""
    return {"settings": dataclasses.asdict(settings), "versions": versions()}


def settings_of(config: dict[str, Any]) -> TrainSettings:
    """The settings in a configuration.

    Raises:
        OutputDirectoryError: they are not complete, or of another version.
    """
    try:
        values = dict(config["settings"])
        agent: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.pop("agent").items()
        }
        return TrainSettings(agent=AgentSettings(**agent), **values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutputDirectoryError(
            f"the run's config.json does not fit this version: {error}; train it anew"
        ) from None
