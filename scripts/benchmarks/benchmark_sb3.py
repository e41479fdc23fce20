"""Stable-Baselines3 on `robo_ddpg/Grasp-v0`: its success after so much training time."""

import time
from typing import Any

import gymnasium
from stable_baselines3 import SAC, TD3
from stable_baselines3.common.callbacks import BaseCallback

import robo_ddpg  # noqa: F401 - registers the environments
from robo_ddpg.envs.names import make_environment
from robo_ddpg.evaluation.episodes import run_episodes
from robo_ddpg.training.judge import SEED as EVALUATION_SEED

ALGORITHMS: dict[str, Any] = {"SB3 TD3": TD3, "SB3 SAC": SAC}
EPISODES = 100
"""Episodes of each evaluation; the time they take is not training time."""


class Judge(BaseCallback):
    """Evaluates every so often, and stops training when the time is up."""

    def __init__(self, task: str, budget_s: float, every_s: float) -> None:
        super().__init__()
        self.curve: list[tuple[float, int, float]] = []
        """Training time [s], transitions and success of each evaluation."""
        self._env = make_environment(task, EPISODES)
        self._budget_s, self._every_s = budget_s, every_s
        self._spent_s, self._since = 0.0, time.monotonic()

    def _on_step(self) -> bool:
        now = time.monotonic()
        self._spent_s += now - self._since
        if self._spent_s >= self._every_s * (len(self.curve) + 1):
            self._evaluate()
        self._since = time.monotonic()
        return self._spent_s < self._budget_s

    def _evaluate(self) -> None:
        def act(observation: Any) -> Any:
            return self.model.predict(observation, deterministic=True)[0]

        episodes = run_episodes(self._env, act, EVALUATION_SEED, EPISODES)
        assert episodes.success is not None
        self.curve.append((self._spent_s, self.num_timesteps, float(episodes.success.mean())))


def learning_curve(
    algorithm: str, seed: int, budget_s: float, every_s: float
) -> list[tuple[float, int, float]]:
    """Train one of `ALGORITHMS` with its default settings.

    Args:
        algorithm: its name.
        seed: fixes the run.
        budget_s: training time [s].
        every_s: training time between evaluations [s].

    Returns:
        Training time [s], transitions and success of each evaluation.
    """
    env = gymnasium.make("robo_ddpg/Grasp-v0")
    judge = Judge("grasp", budget_s, every_s)
    model = ALGORITHMS[algorithm]("MlpPolicy", env, seed=seed, device="cpu")
    model.learn(total_timesteps=10**9, callback=judge)
    env.close()
    return judge.curve
