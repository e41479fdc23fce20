"""Evaluation beside Stable-Baselines3's, the same episodes; prints the ratio of their speeds."""

import time
from typing import Any

import gymnasium
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

import robo_ddpg
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import SEED

EPISODES = 100
ROUNDS = 3
"""Each side is timed so often, in turn; the best time counts, as others may use the machine."""


class _Policy:
    """A controller as `evaluate_policy` wants it."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def predict(self, observation: Any, **_: Any) -> tuple[Any, None]:
        return self._controller.act(observation), None


def evaluation_speeds(controller: Controller) -> tuple[float, float]:
    """Episodes per second of `robo_ddpg.evaluate` and of `evaluate_policy`, the same episodes."""
    ours, theirs = [], []
    env = Monitor(gymnasium.make("robo_ddpg/Reach-v0"))
    for _ in range(ROUNDS):
        start = time.perf_counter()
        robo_ddpg.evaluate(controller, episodes=EPISODES)
        ours.append(EPISODES / (time.perf_counter() - start))
        start = time.perf_counter()
        env.reset(seed=SEED)
        evaluate_policy(_Policy(controller), env, n_eval_episodes=EPISODES)  # type: ignore[arg-type]
        theirs.append(EPISODES / (time.perf_counter() - start))
    env.close()
    return max(ours), max(theirs)


def main() -> None:
    """Print the ratio."""
    controller = Controller.find("reach")
    ours, theirs = evaluation_speeds(controller)
    print(
        f"evaluation: {ours:.0f} episodes/s, evaluate_policy {theirs:.1f}, "
        f"ratio {ours / theirs:.1f} (wanted: at least 5)"
    )


if __name__ == "__main__":
    main()
