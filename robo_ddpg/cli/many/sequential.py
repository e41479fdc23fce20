"""`robo-ddpg evaluate --at-least` and `--width`."""

from typing import Any, Protocol

from robo_ddpg.cli.output import note, say
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.sequential import (
    MOST_EPISODES,
    SequentialEvaluation,
    Verdict,
    at_least,
    evaluate_until,
    known_within,
)

TOLD_EVERY = 200
"""Episodes between two lines about how far it is."""


class Options(Protocol):
    """What is asked for."""

    @property
    def at_least(self) -> float | None: ...  # noqa: D102
    @property
    def width(self) -> float | None: ...  # noqa: D102
    @property
    def episodes(self) -> int | None: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def json(self) -> bool: ...  # noqa: D102


def evaluate_until_certain(
    controller: Controller, options: Options, settings: dict[str, Any]
) -> SequentialEvaluation:
    """Evaluate a controller until the question is answered, and say the answer."""
    share, width = options.at_least, options.width
    question = at_least(share) if share is not None else known_within(width or 0.0)
    most = MOST_EPISODES if options.episodes is None else options.episodes
    found = evaluate_until(
        controller, question, most=most, seed=options.seed, progress=_told, **settings
    )
    if not options.json:
        say(_sentence(found, share, width))
    return found


def _told(done: int, verdict: Verdict) -> None:
    if done % TOLD_EVERY == 0 and verdict == "undecided":
        note(f"{done} episodes, undecided")


def _sentence(found: SequentialEvaluation, share: float | None, width: float | None) -> str:
    statistics = found.statistics()
    assert statistics.success is not None
    asked = f"{100 * share:g} %" if share is not None else f"{100 * (width or 0.0):g} points"
    answer = {
        "above": f"above {asked}",
        "below": f"below {asked}",
        "narrow enough": f"known within {asked}",
        "undecided": f"undecided about {asked}",
    }[found.verdict]
    rate, low, high = (100 * x for x in (statistics.success.mean, found.low, found.high))
    return (
        f"{statistics.task}: {answer} after {statistics.episodes} episodes, success {rate:.1f} % "
        f"(95 % confidence sequence {low:.1f} to {high:.1f})"
    )
