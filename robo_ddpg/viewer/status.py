"""What is told of a live controller."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Status:
    """What the page shows."""

    task: str
    """Name of the task."""
    episode: int = 0
    """Number of the episode, from one."""
    success: bool = False
    """Whether the task counts as solved now."""
    reward: float = 0.0
    """Reward of the last step."""
    reward_terms: dict[str, float] = field(default_factory=dict)
    """Term -> value, in [0, 1]."""
    metrics: dict[str, float] = field(default_factory=dict)
    """The task's own quantities."""
    limited: tuple[str, ...] = ()
    """Why the safety filter altered the last action."""
    interventions: int = 0
    """Steps of this episode whose action was altered."""
    asked: tuple[float, ...] = ()
    """What is commanded, in the units of the task's axes."""
    measured: tuple[float, ...] = ()
    """What the robot does, likewise."""
