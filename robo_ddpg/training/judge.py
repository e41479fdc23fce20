"""Which of the policies that a training passes through is kept, and when it may end."""

from collections.abc import Callable
from typing import Any

from robo_ddpg.envs.names import make_environment
from robo_ddpg.evaluation.episodes import Act, Episodes, OnStep, never, run_episodes
from robo_ddpg.training.settings import TrainSettings

SEED = 10_000
"""Seed of the first episode of the evaluations that choose the best controller."""

Score = tuple[float, float]
"""Success rate, 0 where the environment does not say, and mean return; the first decides."""


class Judge:
    """Evaluates policies, always on the same episodes, and remembers the best."""

    def __init__(self, settings: TrainSettings) -> None:
        """Build the environment.

        Args:
            settings: how many episodes, and what counts as mastered.
        """
        self.settings = settings
        self.best: Score | None = None
        """The best score so far."""
        self.success: float | None = None
        """Success rate of the last policy; None where the environment does not say."""
        self.episodes: Episodes | None = None
        """Those of the last policy; None after a run was resumed."""
        self.mastered_times = 0
        """Evaluations in a row that ended with the task mastered."""
        self.env = make_environment(
            settings.task,
            settings.evaluation_episodes,
            python=settings.python,
            step_timeout_s=settings.step_timeout_s,
            **settings.environment,
        )
        """Where policies are judged."""

    def evaluate(
        self, act: Act, stop: Callable[[], bool] = never, on_step: OnStep | None = None
    ) -> Score:
        """Run the episodes; `on_step` is called with each step.

        Raises:
            EvaluationStopped: `stop` said so; the score of before stays the last.
        """
        count = self.settings.evaluation_episodes
        episodes = run_episodes(self.env, act, SEED, count, stop, measure=False, on_step=on_step)
        self.episodes = episodes
        self.success = None if episodes.success is None else float(episodes.success.mean())
        reached = self.success is not None and self.success >= self.settings.mastered_success
        self.mastered_times = self.mastered_times + 1 if reached else 0
        return self.success or 0.0, float(episodes.returns.mean())

    def is_best(self, score: Score) -> bool:
        """Whether a score beats all before; it is remembered then."""
        better = self.best is None or score > self.best
        if better:
            self.best = score
        return better

    def state(self) -> dict[str, Any]:
        """What it remembers, JSON-compatible."""
        return {"best": self.best, "success": self.success, "mastered_times": self.mastered_times}

    def load_state(self, state: dict[str, Any]) -> None:
        """Remember what `state` returned."""
        best = state["best"]
        self.best = None if best is None else (float(best[0]), float(best[1]))
        self.success, self.mastered_times = state["success"], int(state["mastered_times"])

    @property
    def mastered(self) -> bool:
        """Whether the task counts as mastered for good."""
        return 0 < self.settings.mastered_times <= self.mastered_times
