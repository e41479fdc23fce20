"""How the legged robots' tasks are best learned; measured in docs/results.md."""

from typing import Any

from tasks.learning import Learning

# One critic got further per update than two on the one seed compared: docs/results.md.
_RUNNING: dict[str, Any] = {
    "hidden_sizes": (256, 256),
    "critics": 1,
    "batch_size": 64,
    "discount": 0.99,
    "target_rate": 0.05,
    "replay_capacity": 1_000_000,
    "warmup_transitions": 5_000,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
}
# Large noise ends their episodes before anything can be learned from them.
# Physics takes as long as an update per 8 transitions, which then costs nothing on two cores.
_BALANCING = _RUNNING | {
    "noise_range": (0.02, 0.3),
    "warmup_amplitude": 0.3,
    "transitions_per_update": 8,
}
# The trot makes the legs take turns, so that noise only has to find how to steer them. Few large
# updates leave time for more transitions, and steps that become small let the turn come to rest.
_FOLLOWING: dict[str, Any] = {
    "discount": 0.98,
    "batch_size": 512,
    "transitions_per_update": 64,
    "actor_learning_rate": 0.002,
    "critic_learning_rate": 0.002,
    "target_rate": 0.06,
    "anneal_updates": 18_000,
    "mirror_share": 0.5,
    "noise_range": (0.05, 0.4),
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
    "replay_capacity": 1_000_000,
}

# Episodes of running are long, so that there are fewer.
RUNNING = Learning(_RUNNING, 1_200_000, evaluate_every=50_000, evaluation_episodes=50)
BALANCING = Learning(_BALANCING, 2_000_000, evaluate_every=50_000, evaluation_episodes=50)
# One fall in fifty does not show reliably in fifty episodes.
FOLLOWING = Learning(_FOLLOWING, 1_500_000, evaluate_every=300_000, evaluation_episodes=100)
