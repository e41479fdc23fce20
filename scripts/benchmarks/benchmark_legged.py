"""Measure the legged robots: environment speed, and what they have learned after a given time.

Results go to docs/benchmarks.json.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmark import Line, against_bare, keep, trained


@dataclass(frozen=True)
class Goal:
    """What a robot should have learned."""

    minutes: float
    """Training time [min]."""
    figures: tuple[tuple[str, float, bool], ...]
    """Key of evaluation.json, target, and whether it is a lower bound."""


GOALS = {
    "locomotion": Goal(5, (("speed", 0.9, True),)),
    "locomotion-hopper": Goal(10, (("length_mean", 1000, True), ("success_rate", 0.95, True))),
    "locomotion-walker": Goal(10, (("length_mean", 1000, True), ("success_rate", 0.95, True))),
    "locomotion-quadruped": Goal(
        30,
        (
            ("velocity_error_m_s_mean", 0.15, False),
            ("turn_error_rad_s_mean", 0.2, False),
            ("fall_rate", 0.02, False),
        ),
    ),
}


def training_lines(tasks: list[str], seeds: list[int]) -> Iterator[Line]:
    """Each robot with each seed."""
    for task in tasks:
        for seed in seeds:
            yield from _training(task, seed)


def _training(task: str, seed: int) -> Iterator[Line]:
    goal = GOALS[task]
    evaluation, note = trained(task, seed, goal.minutes)
    if evaluation is None:
        yield Line(f"{task}, seed {seed}", None, "", note=note)
        return
    for key, target, at_least in goal.figures:
        yield Line(
            f"{task}, seed {seed}: {key}", figure(evaluation, key), "", target, at_least, note
        )


def figure(evaluation: dict[str, Any], key: str) -> float:
    """A figure of evaluation.json, or one that follows from it."""
    if key == "speed":
        return float(evaluation["reward_terms"]["speed"])
    if key == "fall_rate":
        return float(evaluation["terminated"] / evaluation["episodes"])
    return float(evaluation[key])


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("env", "train"), help="measure only this")
    parser.add_argument("--tasks", nargs="+", choices=list(GOALS), default=list(GOALS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    parts: dict[str, Callable[[list[str], list[int]], Iterator[Line]]] = {
        "env": lambda tasks, seeds: against_bare(tasks),
        "train": training_lines,
    }
    for name, measure in parts.items():
        if options.only in (None, name):
            keep(f"legged-{name}", measure(options.tasks, options.seeds))


if __name__ == "__main__":
    main()
