"""Comparing two controllers until it is certain which is better, and several with one."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.envs.names import environment_of
from robo_ddpg.evaluation.betting import ERROR, log_wealth_above
from robo_ddpg.evaluation.episodes import Episodes, run_episodes
from robo_ddpg.evaluation.evaluate import SEED, check_count_and_seed, check_fit
from robo_ddpg.evaluation.same_episodes import World, shared_world
from robo_ddpg.evaluation.sequential import AT_ONCE

Verdict = Literal["better", "worse", "no difference shown"]


@dataclass(frozen=True)
class SequentialComparison:
    """Controllers A and B on the same episodes, until it was certain which is better."""

    task: str
    """Name of the task."""
    a: str
    """Where the first came from."""
    b: str
    """Where the second came from."""
    episodes: int
    """Episodes of each."""
    seed: int
    """Of the first episode."""
    only_a: int
    """Episodes in which A alone succeeded; where success is not known, had the larger return."""
    only_b: int
    """Likewise B."""
    error: float = ERROR
    """Probability of a wrong verdict, at most; half of it on either side."""
    world: World = field(default_factory=dict)
    """Settings of the task that were not those of training for both; see `shared_world`."""

    @property
    def verdict(self) -> Verdict:
        """Whether B is better; wrong with probability `error` at most, whenever one looked."""
        if self._is_certain(self.only_b, self.only_a):
            return "better"
        if self._is_certain(self.only_a, self.only_b):
            return "worse"
        return "no difference shown"

    @property
    def p_value(self) -> float:
        """Of the hypothesis that neither is better; valid at any time, like the verdict."""
        won = max(_log_wealth(self.only_a, self.only_b), _log_wealth(self.only_b, self.only_a))
        return min(1.0, 2.0 * math.exp(-won))

    @property
    def more_episodes(self) -> int | None:
        """How many more would decide if they went on like this; None if no number would."""
        more, fewer = max(self.only_a, self.only_b), min(self.only_a, self.only_b)
        if more == fewer:
            return None
        factors: list[float] = np.geomspace(1.0, 1000.0, 200).tolist()
        for factor in factors:
            if self._is_certain(round(factor * more), round(factor * fewer)):
                return math.ceil(self.episodes * (factor - 1.0))
        return None

    def _is_certain(self, more: int, fewer: int) -> bool:
        return _log_wealth(more, fewer) >= math.log(2.0 / self.error)

    def summary(self) -> dict[str, Any]:
        """All of it, as JSON-compatible values."""
        names = ("verdict", "p_value", "more_episodes")
        return {**vars(self), **{name: getattr(self, name) for name in names}}


def compare_until_certain(
    a: AnyController,
    b: AnyController,
    *,
    most: int,
    seed: int = SEED,
    error: float = ERROR,
    **settings: Any,
) -> SequentialComparison:
    """Evaluate two controllers on the same episodes until it is certain which is better.

    A test by betting on the pairs in which exactly one of them succeeds: if they are equally good,
    these are tosses of a fair coin.

    Args:
        a: a controller, or what `Controller.find` takes.
        b: another.
        most: episodes after which it stops all the same.
        seed: of the first episode; episode k starts from seed + k for both.
        error: probability of a wrong verdict, at most.
        **settings: settings of the task that differ from those they were trained with.

    Raises:
        ControllerError: one cannot be found, or they were trained for different tasks or episodes.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    check_count_and_seed(most, seed)
    first, second = Controller.find(a), Controller.find(b)
    world = shared_world([first, second]) | settings
    envs = [environment_of(each, min(most, AT_ONCE), **world) for each in (first, second)]
    about = (first.task["name"], first.path, second.path)
    found = SequentialComparison(*about, 0, seed, 0, 0, error, world)
    try:
        for controller, env in zip((first, second), envs, strict=True):
            check_fit(controller, env)
        while found.episodes < most and found.verdict == "no difference shown":
            count = min(AT_ONCE, most - found.episodes)
            start = seed + found.episodes
            one, other = (
                run_episodes(env, controller.act, start, count)
                for controller, env in zip((first, second), envs, strict=True)
            )
            found = _with(found, one, other)
    finally:
        for env in envs:
            env.close()
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for being several (Holm 1979): each counts if it is at most 5 % then.

    Args:
        p_values: of hypotheses of any dependence.
    """
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(np.argsort(p_values, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def _log_wealth(more: int, fewer: int) -> float:
    return log_wealth_above(more, fewer, 0.5)


def _with(found: SequentialComparison, a: Episodes, b: Episodes) -> SequentialComparison:
    """With further episodes."""
    if a.success is None or b.success is None:
        only_a, only_b = a.returns > b.returns, b.returns > a.returns
    else:
        only_a, only_b = a.success & ~b.success, b.success & ~a.success
    return dataclasses.replace(
        found,
        episodes=found.episodes + len(a.returns),
        only_a=found.only_a + int(only_a.sum()),
        only_b=found.only_b + int(only_b.sum()),
    )
