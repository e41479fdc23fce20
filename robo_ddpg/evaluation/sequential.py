"""Evaluations that stop as soon as the answer is certain."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.envs.names import environment_of
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.betting import (
    ERROR,
    confidence_sequence,
    log_wealth_above,
    log_wealth_below,
)
from robo_ddpg.evaluation.episodes import Episodes, joined, run_episodes
from robo_ddpg.evaluation.evaluate import (
    SEED,
    Evaluation,
    check_count_and_seed,
    check_fit,
    world_of,
)
from robo_ddpg.runs.evaluation_statistics import Estimate, EvaluationStatistics

AT_ONCE = 20
"""Episodes between two looks."""
MOST_EPISODES = 10_000
"""Of an evaluation, if nobody says otherwise."""
_CERTAIN = math.log(1.0 / ERROR)

Verdict = Literal["above", "below", "narrow enough", "undecided"]
Question = Callable[[int, int], Verdict]
"""Successes and failures -> the answer so far."""


@dataclass(frozen=True)
class SequentialEvaluation:
    """An evaluation that ended when its question was answered."""

    evaluation: Evaluation
    """The episodes that were played."""
    verdict: Verdict
    """`above` or `below` the share asked for, `narrow enough`, or `undecided` where the most
    episodes that were allowed did not suffice. It is wrong with probability 5 % at most."""
    low: float
    """Lower end of the 95 % confidence sequence of the success rate."""
    high: float
    """Upper end."""

    def statistics(self) -> EvaluationStatistics:
        """As of any evaluation, but the interval of the success rate is valid for this stopping."""
        found = self.evaluation.statistics()
        assert found.success is not None
        success = Estimate(found.success.mean, self.low, self.high)
        return dataclasses.replace(found, success=success)

    def summary(self) -> dict[str, Any]:
        """The statistics and the verdict, as JSON-compatible values."""
        return self.statistics().to_json() | {"verdict": self.verdict}


def at_least(share: float) -> Question:
    """Whether the success rate is above a share, or below it.

    Raises:
        SettingsError: the share is not within (0, 1).
    """
    if not 0.0 < share < 1.0:
        raise SettingsError(f"at_least must be above 0 and below 1, got {share}")

    def ask(successes: int, failures: int) -> Verdict:
        if log_wealth_above(successes, failures, share) >= _CERTAIN:
            return "above"
        below = log_wealth_below(successes, failures, share) >= _CERTAIN
        return "below" if below else "undecided"

    return ask


def known_within(width: float) -> Question:
    """Whether the confidence sequence of the success rate is as narrow as this.

    Raises:
        SettingsError: the width is not within (0, 1).
    """
    if not 0.0 < width < 1.0:
        raise SettingsError(f"width must be above 0 and below 1, got {width}")

    def ask(successes: int, failures: int) -> Verdict:
        low, high = confidence_sequence(successes, failures)
        return "narrow enough" if high - low <= width else "undecided"

    return ask


def evaluate_until(
    controller: AnyController,
    question: Question,
    *,
    most: int = MOST_EPISODES,
    seed: int = SEED,
    progress: Callable[[int, Verdict], None] | None = None,
    **settings: Any,
) -> SequentialEvaluation:
    """Evaluate a controller until a question about its success rate is answered.

    Args:
        controller: a controller, or what `Controller.find` takes.
        question: `at_least` or `known_within`; it is asked after every 20 episodes.
        most: episodes after which it stops all the same.
        seed: of the first episode; episode k starts from seed + k.
        progress: called with the number of episodes done and the answer so far.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        ControllerError: there is no such controller, or it does not fit the task.
        SettingsError: the environment does not say what success is, or a number cannot be.
        EnvironmentFailure: the environment failed.
    """
    check_count_and_seed(most, seed)
    controller = Controller.find(controller)
    env = environment_of(controller, min(most, AT_ONCE), **settings)
    parts: list[Episodes] = []
    done = 0
    verdict: Verdict = "undecided"
    try:
        check_fit(controller, env)
        about = world_of(controller, env)
        while done < most and verdict == "undecided":
            count = min(env.num_envs, most - done)
            parts.append(run_episodes(env, controller.act, seed + done, count))
            done += count
            verdict = question(*successes_and_failures(parts, controller))
            if progress:
                progress(done, verdict)
    finally:
        env.close()
    name = controller.task["name"]
    evaluation = Evaluation(name, controller.path, seed, joined(parts), **about)
    interval = confidence_sequence(*successes_and_failures(parts, controller))
    return SequentialEvaluation(evaluation, verdict, *interval)


def successes_and_failures(parts: list[Episodes], controller: Controller) -> tuple[int, int]:
    """How many episodes were solved, and how many were not.

    Raises:
        SettingsError: the environment does not say.
    """
    total = solved = 0
    for part in parts:
        if part.success is None:
            name = controller.task["name"]
            raise SettingsError(f"{name} does not say what success is, so there is no rate to test")
        total, solved = total + len(part.success), solved + int(part.success.sum())
    return solved, total - solved
