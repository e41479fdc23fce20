"""`robo-ddpg compare --robustness`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from robo_ddpg.cli.output import note, say_table
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.robustness import (
    EPISODES,
    compare_robustness,
    plot_compared_robustness,
    point_in_words,
)
from robo_ddpg.evaluation.spread import Spread, in_turn
from robo_ddpg.files import write_json
from robo_ddpg.runs.robustness_curves import Robustness


def write_compared_robustness(
    controllers: Sequence[Controller],
    names: Sequence[str],
    path: Path,
    *,
    episodes: int,
    seed: int,
    table: bool,
    spread: Spread | None,
) -> None:
    """Try controllers in the same changed worlds; say how they are, and draw it.

    Args:
        controllers: of one task.
        names: of the controllers, in the table and in the picture.
        path: the .json to write; the picture lies beside it.
        episodes: of the comparison; at each point there are `EPISODES` at most.
        seed: of the first episode.
        table: whether the table is wanted.
        spread: who plays them.
    """
    results = compare_robustness(
        controllers,
        episodes=min(episodes, EPISODES),
        seed=seed,
        progress=lambda name: note(f"robustness: {name}"),
        spread=spread or in_turn,
    )
    write_json({"controllers": [result.to_json() for result in results]}, path)
    plot_compared_robustness(results, names, path.with_suffix(".png"))
    if table:
        say_table([["", "", *names], *_rows(results)])
    note(f"robustness: {path} and .png")


def _rows(results: Sequence[Robustness]) -> Iterator[list[str]]:
    """What was tried, how far it went, and how each controller bore it."""
    for name, curve in results[0].perturbations.items():
        for k, level in enumerate(curve.points or {}):
            found = [(result.perturbations[name].points or {})[level] for result in results]
            title = f"{curve.title} [{curve.unit}]" if k == 0 else ""
            yield [title, f"{level:g}", *map(point_in_words, found)]
