"""Two controllers on the same episodes: paired differences, and the seeds where they disagree."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.evaluation.evaluate import SEED, Evaluation, evaluate
from robo_ddpg.evaluation.same_episodes import World, shared_world
from robo_ddpg.evaluation.spread import Spread
from robo_ddpg.evaluation.statistics import (
    bootstrap_interval,
    mcnemar_exact,
    paired_share_interval,
    sign_flip_test,
)

SIGNIFICANT = 0.05
"""Largest p-value at which a difference counts."""


@dataclass(frozen=True)
class Comparison:
    """Controllers A and B on the same seeds; differences are B minus A."""

    a: Evaluation
    """The first."""
    b: Evaluation
    """The second."""
    world: World = field(default_factory=dict)
    """Settings of the task that were not those of training for both; see `shared_world`."""

    @property
    def disagreements(self) -> NDArray[np.int64]:
        """Seeds that exactly one of the two solved, those A solved first; empty if not measured."""
        a, b = self.a.episodes, self.b.episodes
        if a.success is None or b.success is None:
            return np.empty(0, np.int64)
        only_a, only_b = a.success & ~b.success, b.success & ~a.success
        return np.concatenate([a.seeds[only_a], a.seeds[only_b]])

    def summary(self) -> dict[str, Any]:
        """The statistics, as JSON-compatible values; what was not measured is None."""
        a, b = self.a.episodes, self.b.episodes
        difference = b.returns - a.returns
        low, high = bootstrap_interval(difference)
        result: dict[str, Any] = {
            "task": self.a.task,
            "a": self.a.controller,
            "b": self.b.controller,
            "episodes": len(difference),
            "seed": self.a.seed,
            "world": self.world,
            "model_matches_a": self.a.model_matches,
            "model_matches_b": self.b.model_matches,
            "return_a": float(a.returns.mean()),
            "return_b": float(b.returns.mean()),
            "return_difference": float(difference.mean()),
            "return_low": low,
            "return_high": high,
            "return_p": sign_flip_test(difference),
            **self._success(),
        }
        return result | {"b_is_better": _better(result)}

    def _success(self) -> dict[str, Any]:
        a, b = self.a.episodes.success, self.b.episodes.success
        keys = ("success_a", "success_b", "success_difference", "success_low", "success_high")
        if a is None or b is None:
            return dict.fromkeys((*keys, "success_p", "only_a_solved", "only_b_solved"))
        low, high = paired_share_interval(a, b)
        only_a, only_b = a & ~b, b & ~a
        rates = (float(a.mean()), float(b.mean()), float(b.mean() - a.mean()), low, high)
        return dict(zip(keys, rates, strict=True)) | {
            "success_p": mcnemar_exact(int(only_a.sum()), int(only_b.sum())),
            "only_a_solved": self.a.episodes.seeds[only_a].tolist(),
            "only_b_solved": self.a.episodes.seeds[only_b].tolist(),
        }


def compare(
    a: AnyController,
    b: AnyController,
    *,
    episodes: int = 200,
    seed: int = SEED,
    spread: Spread | None = None,
    **settings: Any,
) -> Comparison:
    """Evaluate two controllers on the same episodes of the same task.

    What only one of them saw vary in training varies for neither; see `shared_world`.

    Args:
        a: a controller, or what `Controller.find` takes.
        b: another.
        episodes: number of episodes; episode k starts from seed + k for both.
        seed: seed of the first episode.
        spread: plays them elsewhere; the result is the same.
        **settings: settings of the task that differ from those they were trained with.

    Raises:
        ControllerError: one cannot be found, or they were trained for different tasks or episodes.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    first, second = Controller.find(a), Controller.find(b)
    world = shared_world([first, second]) | settings
    plan: dict[str, Any] = {"episodes": episodes, "seed": seed, "spread": spread}
    return Comparison(evaluate(first, **plan, **world), evaluate(second, **plan, **world), world)


def _better(result: dict[str, Any]) -> bool:
    """Success decides where it differs significantly, return where it does not."""
    if result["success_p"] is not None and result["success_p"] <= SIGNIFICANT:
        return bool(result["success_difference"] > 0)
    return bool(result["return_difference"] > 0 and result["return_p"] <= SIGNIFICANT)
