"""`robo-ddpg compare --sequential`, and of more than two controllers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from robo_ddpg.cli.output import say, say_json
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.betting import ERROR
from robo_ddpg.evaluation.comparison import SIGNIFICANT, compare
from robo_ddpg.evaluation.same_episodes import World
from robo_ddpg.evaluation.sequential_comparison import compare_until_certain, holm
from robo_ddpg.evaluation.spread import Spread


@dataclass(frozen=True)
class _Compared:
    """One controller beside the first."""

    summary: dict[str, Any]
    text: str
    p_value: float
    better: bool


def compare_with_first(
    first: Controller,
    others: Sequence[Controller],
    *,
    episodes: int,
    seed: int,
    sequential: bool,
    json: bool,
    world: World,
    spread: Spread | None = None,
) -> bool:
    """Compare controllers with the first and say how they are; returns whether all are better.

    With several the p-values are corrected by Holm's method, so that the probability to call any of
    them better or worse by chance is 5 % at most.
    """
    error = ERROR / len(others)  # so that what stopped is certain once corrected, too
    found = [
        _sequential(first, other, world, episodes=episodes, seed=seed, error=error)
        if sequential
        else _fixed(first, other, world, episodes=episodes, seed=seed, spread=spread)
        for other in others
    ]
    adjusted = holm([each.p_value for each in found])
    certain = [p <= SIGNIFICANT for p in adjusted]
    if json:
        summaries = [each.summary | {"p_holm": p} for each, p in zip(found, adjusted, strict=True)]
        say_json(summaries[0] if len(found) == 1 else {"comparisons": summaries})
    else:
        say(f"A  {first.path}")
        for other, each, p in zip(others, found, adjusted, strict=True):
            corrected = f", corrected {p:.2g}" if len(found) > 1 else ""
            say(f"   {other.path}\n     {each.text} (p = {each.p_value:.2g}{corrected})")
    return all(each.better and sure for each, sure in zip(found, certain, strict=True))


def _sequential(
    first: Controller, other: Controller, world: World, *, episodes: int, **plan: Any
) -> _Compared:
    found = compare_until_certain(first, other, most=episodes, **plan, **world)
    text = f"{found.verdict} after {found.episodes} episodes"
    if found.verdict == "no difference shown":
        more = found.more_episodes
        text += f", {more} more episodes would decide if they went on so" if more else ""
    text += f": A alone {found.only_a}, it alone {found.only_b}"
    return _Compared(found.summary(), text, found.p_value, found.verdict == "better")


def _fixed(first: Controller, other: Controller, world: World, **plan: Any) -> _Compared:
    summary = compare(first, other, **plan, **world).summary()
    if summary["success_p"] is None:
        difference, p = f"return {summary['return_difference']:+.3f}", summary["return_p"]
        better = summary["return_difference"] > 0
    else:
        difference = f"success {100 * summary['success_difference']:+.1f} points"
        p, better = summary["success_p"], summary["success_difference"] > 0
    return _Compared(summary, difference, p, better)
