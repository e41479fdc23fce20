"""What a film is made of: episodes as frames, and what is said of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.rendering.renderer import Frame


@dataclass(frozen=True)
class Moment:
    """Where an episode is."""

    step: int = 0
    """Control steps done."""
    seconds: float = 0.0
    """Simulated time [s]."""
    reward: float = 0.0
    """Reward of the last step."""
    total: float = 0.0
    """Return so far."""
    success: bool | None = None
    """Whether the task counts as solved now; None where the environment does not say."""
    terminated: bool = False
    """Whether the episode has ended before its time."""
    last: bool = False
    """Whether the episode has ended."""
    pace: float = 1.0
    """How fast it is played here, as a share of the usual speed."""


class Told(Protocol):
    """What is known of an episode, by name: values after each step, as many as there were."""

    @property
    def reward_terms(self) -> Mapping[str, Any]:
        """Term -> its values."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """Quantity -> its values."""

    @property
    def commands(self) -> Mapping[str, Any]:
        """Command -> what it was at the start and after each step, (steps + 1, k)."""

    @property
    def safety(self) -> Mapping[str, Any]:
        """Reason -> how much the safety filter changed each action."""


class Scene(Protocol):
    """An episode to be filmed."""

    @property
    def title(self) -> str:
        """What it is called in the picture."""

    @property
    def told(self) -> Told:
        """What is known of it; may grow while its frames are made."""

    @property
    def seconds(self) -> float | None:
        """Simulated time that it lasts at most [s]; None if nobody knows."""

    @property
    def words(self) -> Wording:
        """What its task calls all that."""

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        """About every `stride`-th image, (height, width, 3), and always the last."""
