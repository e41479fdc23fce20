"""How the arm's tasks are best learned; measured in docs/results.md."""

from typing import Any

from tasks.learning import Learning

# Small steady noise finds every goal; relabelling and repeated actions only blur the last
# centimetre.
_REACH: dict[str, Any] = {
    "noise_range": (0.05, 0.3),
    "relabel_future": 0.0,
    "relabel_other": 0.0,
    "repeat_probability": 0.0,
    "random_component_probability": 0.0,
}
# Repeated actions carry the held cube away from the table; the gripper stays with the policy
# meanwhile.
_PICKING: dict[str, Any] = {
    "repeat_exempt": (-1,),
    "noise_range": (0.05, 0.3),
    "random_component_probability": 0.0,
}
# Few updates, with large steps of large minibatches, take less time than many small ones.
_GRASP = _PICKING | {
    "actor_learning_rate": 0.002,
    "critic_learning_rate": 0.002,
    "target_rate": 0.06,
    "batch_size": 512,
    "transitions_per_update": 32,
}
# Nothing but hindsight tells a reward apart from another before the first success.
_SPARSE: dict[str, Any] = {
    "reward_bounds": (-1.0, 0.0),
    "relabel_future": 0.8,
    "relabel_other": 0.0,
}

REACH = Learning(_REACH, steps=100_000)
REACH_SPARSE = Learning(_REACH | _SPARSE, steps=100_000)
# The best of many evaluations of 100 episodes is often the luckiest.
GRASP = Learning(_GRASP, 160_000, evaluate_every=8_000, evaluation_episodes=200)
GRASP_ANY = Learning(_GRASP, 360_000, evaluate_every=12_000, evaluation_episodes=200)
GRASP_SPARSE = Learning(
    _PICKING | {"transitions_per_update": 8} | _SPARSE,
    160_000,
    evaluate_every=8_000,
    evaluation_episodes=200,
)
