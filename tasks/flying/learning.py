"""How tasks of the flying robot are best learned; measured in docs/results.md."""

from typing import Any

from tasks.learning import Learning

# Large noise sets the vehicle tumbling before anything can be learned. What an action leads to
# shows within half a second, so that a short horizon is enough and tells actions better apart.
# Few updates, with large steps, cost less of a learner that the physics would wait for.
_FLYING: dict[str, Any] = {
    "hidden_sizes": (64, 64),
    "actor_learning_rate": 0.003,
    "critic_learning_rate": 0.003,
    "target_rate": 0.08,
    "batch_size": 256,
    "discount": 0.97,
    "transitions_per_update": 32,
    "n_step": 5,
    "noise_range": (0.02, 0.1),
    "warmup_amplitude": 0.2,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
    "replay_capacity": 1_000_000,
}
# The vehicle looks the same from left and right, front and back; a circuit of gates does not.
_ALIKE = {"mirror_share": 0.5}

FLYING = Learning(_FLYING | _ALIKE, 1_000_000, evaluate_every=25_000, evaluation_episodes=100)
# Large steps pass the gates well in one evaluation and badly in the next; episodes are long.
GATES = Learning(
    _FLYING | {"anneal_updates": 30_000}, 1_000_000, evaluate_every=50_000, evaluation_episodes=100
)
