"""What a task calls what happens in its episodes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tasks.commands import Command
from tasks.quantities import Measure
from tasks.task import Task


@dataclass(frozen=True)
class Wording:
    """Quantities, commands and outcomes in words; empty for environments that say nothing."""

    measured: Mapping[str, Measure] = field(default_factory=dict)
    """Metric -> what it is."""
    commanded: Mapping[str, Command] = field(default_factory=dict)
    """Command -> what it is, and how it is drawn."""
    solved: str = "success"
    """What it means that it is solved now."""
    failed: str = "terminated"
    """What ended it before its time."""
    traced: tuple[str, ...] = ()
    """Sites whose trails are worth seeing."""

    @classmethod
    def of(cls, task: Task) -> Self:
        """Those of a task."""
        return cls(task.measured(), task.commanded(), task.solved, task.failed, task.traced)
