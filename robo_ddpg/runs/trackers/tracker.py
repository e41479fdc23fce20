"""What an experiment tracker has to do for a run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Tracker(Protocol):
    """A run as a tracker keeps it."""

    id: str
    """What the tracker finds it by when it goes on."""

    def log(self, values: Mapping[str, float], transitions: int) -> None:
        """Keep what was measured after so many transitions."""

    def close(self) -> None:
        """Everything is said."""


@dataclass(frozen=True)
class About:
    """What a tracker is told of a run."""

    path: Path
    """Its directory."""
    settings: Mapping[str, Any]
    """Setting -> value, those of agent and environment as `agent.discount`."""

    @property
    def name(self) -> str:
        """Its place below `runs`, such as `reach/seed-0`."""
        return "/".join(self._places)

    @property
    def group(self) -> str:
        """The same for runs of the same settings: where their directories are."""
        return "/".join(self._places[:-1])

    @property
    def _places(self) -> tuple[str, ...]:
        parts = self.path.resolve().parts[1:]
        if "runs" in parts:
            parts = parts[len(parts) - parts[::-1].index("runs") :]
        return parts[-3:]


Opener = Callable[[About, str | None], Tracker]
"""What is known of a run, and its id if it goes on -> its tracker."""
