"""What is shown now, handed from the thread that plays to those that serve."""

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shot:
    """A picture and what is said of it."""

    number: int = 0
    jpeg: bytes = b""
    status: dict[str, Any] = field(default_factory=dict)


class Screen:
    """Holds the latest shot; who is slow misses those between."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.shot = Shot()

    def show(self, jpeg: bytes, status: dict[str, Any]) -> None:
        """Replace the shot."""
        with self._changed:
            self.shot = Shot(self.shot.number + 1, jpeg, status)
            self._changed.notify_all()

    def after(self, number: int, timeout_s: float) -> Shot:
        """The latest shot, as soon as it is another than the one of a number, or time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self.shot.number != number, timeout_s)
            return self.shot
