"""How the car's tasks are best learned; measured in docs/results.md."""

from typing import Any

from tasks.learning import Learning

# In a slot that is .9 m wider than the car any noise costs more than it shows; what is learned
# for slots on one side holds on the other. Steps are large at first and small in the end, when
# centimetres matter.
_PARKING: dict[str, Any] = {
    "discount": 0.98,
    "noise_range": (0.02, 0.15),
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
    "mirror_share": 0.5,
    "relabel_future": 0.15,
    "relabel_other": 0.1,
    "actor_learning_rate": 0.002,
    "critic_learning_rate": 0.002,
    "target_rate": 0.04,
    "anneal_updates": 28_000,
    "transitions_per_update": 12,
    "replay_capacity": 500_000,
}

# What passing is worth shows late, and is small beside what noise costs in the end.
_DRIVING: dict[str, Any] = {
    "discount": 0.98,
    "noise_range": (0.05, 0.4),
    "anneal_updates": 40_000,
    "replay_capacity": 500_000,
    "warmup_amplitude": 0.3,
}

PARKING = Learning(
    _PARKING,
    400_000,
    evaluate_every=25_000,
    evaluation_episodes=100,
    practice={"eased": 0.4, "astray": 0.35},
)
DRIVING = Learning(_DRIVING, 1_000_000, evaluate_every=40_000, evaluation_episodes=100)
