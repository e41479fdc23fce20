"""How tasks of the flying robot are best learned; measured in docs/results.md."""

from typing import Any

from tasks.learning import Learning

_FLYING: dict[str, Any] = {
    "discount": 0.97,
    "noise_range": (0.05, 0.4),
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
    "replay_capacity": 1_000_000,
    "transitions_per_update": 32,
}

FLYING = Learning(_FLYING, 2_000_000, evaluate_every=50_000, evaluation_episodes=100)
