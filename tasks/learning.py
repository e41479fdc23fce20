"""How a task is best learned, as far as that is a matter of the task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Learning:
    """What a training of a task starts from; everything can be set otherwise for each run."""

    agent: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the agent that differ from its defaults, as `AgentSettings` names them."""
    steps: int = 300_000
    """Transitions to train for at most."""
    evaluate_every: int = 4_000
    """Transitions between evaluations."""
    evaluation_episodes: int = 100
    """Episodes of each evaluation."""
    practice: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the task that it is practised with, where they differ from those it is judged
    with: episodes that begin nearer to success, for example."""
