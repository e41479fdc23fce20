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
# meanwhile. The physics takes as long as an update per 8 transitions, which then costs nothing on
# two cores.
_GRASP: dict[str, Any] = {
    "repeat_exempt": (-1,),
    "noise_range": (0.05, 0.3),
    "random_component_probability": 0.0,
    "transitions_per_update": 8,
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
GRASP_SPARSE = Learning(_GRASP | _SPARSE, 160_000, evaluate_every=8_000, evaluation_episodes=200)
