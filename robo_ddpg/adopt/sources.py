"""Values, and where they came from."""

from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Sources:
    """Where the values of a description came from, by key, such as `joint.elbow.low_rad`."""

    of: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    """What was assumed and should be checked, as sentences."""

    def noted(self, key: str, value: T, source: str) -> T:
        """Keep the source, return the value."""
        self.of[key] = source
        return value

    def doubt(self, sentence: str) -> None:
        """Keep what should be checked."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)
