"""What the training loop counts, saved with every checkpoint."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Self

from robo_ddpg.runs.tables import Row


@dataclass
class Counters:
    """Where the training loop is."""

    evaluation_due: int
    """Transitions at which the next evaluation is due."""
    training_s: float = 0.0
    """Training time, evaluations and checkpoints left out [s]."""
    elapsed_s: float = 0.0
    """The same with evaluations and checkpoints: what counts against `minutes` [s]."""
    evaluation_s: float = 0.0
    """How long the last evaluation took [s]."""
    updates_owed: float = 0.0
    """Updates that the transitions so far still ask for."""
    logged_at: int = -1
    """Transitions of the last row of metrics."""
    row: Row = field(default_factory=dict)
    """What was measured last."""

    def state(self) -> dict[str, Any]:
        """All of it, JSON-compatible."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, state: dict[str, Any]) -> Self:
        """From what `state` returned.

        Raises:
            TypeError: it is something else.
        """
        counters = cls(**state)
        for name, value in vars(cls(evaluation_due=0)).items():
            given = getattr(counters, name)
            if not isinstance(given, type(value)):
                raise TypeError(f"{name} cannot be {given!r:.80}")
        return counters
