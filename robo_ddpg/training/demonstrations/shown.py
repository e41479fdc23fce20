"""An episode as it was found."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shown:
    """An episode of T steps, unchecked."""

    origin: str
    """Where it was found, for messages."""
    task: str | None
    """Name of the task or environment it was shown in; None if nobody knows."""
    observations: Any
    """What was seen at the start and after each step: an array, (T + 1, ...), or arrays nested as
    Gymnasium nests the parts of an observation."""
    actions: Any
    """(T, a)."""
    rewards: Any
    """(T,)."""
    terminations: Any
    """Whether each step terminated the episode, (T,)."""
    truncations: Any
    """Whether it was cut off after each step, (T,)."""
    reward_info: Any = None
    """What the environment reported as `reward_info`, (T, k); None if that is not known."""
