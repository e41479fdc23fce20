"""Two controllers on the same episodes: paired differences, and the seeds where they disagree."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.envs.names import source_of
from robo_ddpg.errors import ControllerError
from robo_ddpg.evaluation.evaluate import SEED, Evaluation, evaluate
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
) -> Comparison:
    """Evaluate two controllers on the same episodes of the same task.

    Args:
        a: a controller, or what `Controller.find` takes.
        b: another.
        episodes: number of episodes; episode k starts from seed + k for both.
        seed: seed of the first episode.
        spread: plays them elsewhere; the result is the same.

    Raises:
        ControllerError: one cannot be found, or they were trained for different tasks.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    first, second = Controller.find(a), Controller.find(b)
    check_same_task(first, second)
    return Comparison(
        evaluate(first, episodes=episodes, seed=seed, spread=spread),
        evaluate(second, episodes=episodes, seed=seed, spread=spread),
    )


def check_same_task(a: Controller, b: Controller) -> None:
    """Refuse controllers whose episodes are not the same.

    Raises:
        ControllerError: another task, or other settings than what their actions mean.
    """
    if a.task["name"] != b.task["name"]:
        raise ControllerError(
            f"{a.path} was trained for {a.task['name']!r} and {b.path} for {b.task['name']!r}: "
            "compare controllers of one task"
        )
    source = source_of(a)
    # Settings that one of them is too old to know have their defaults.
    settings_a, settings_b = (source.complete(each.task["settings"]) for each in (a, b))
    shared = {*settings_a, *settings_b} - {*source.action_settings}
    differ = sorted(key for key in shared if settings_a.get(key) != settings_b.get(key))
    if differ:
        raise ControllerError(
            f"{a.path} and {b.path} were trained with different {', '.join(differ)}, so their "
            "episodes are not the same: train both with the same settings of the task"
        )


def _better(result: dict[str, Any]) -> bool:
    """Success decides where it differs significantly, return where it does not."""
    if result["success_p"] is not None and result["success_p"] <= SIGNIFICANT:
        return bool(result["success_difference"] > 0)
    return bool(result["return_difference"] > 0 and result["return_p"] <= SIGNIFICANT)
