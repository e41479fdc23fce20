"""Print the kept runs of benchmark_environments.py as a table in Markdown."""

import argparse
import json
from collections.abc import Iterator

from benchmark_environments import GOALS, LEARNERS, OUTPUT, Result

HEADER = (
    "environment, wanted",
    "min",
    "learner",
    "reached",
    "best",
    "lowest after",
    "final",
    "updates/s",
)


def rows(name: str) -> Iterator[list[str]]:
    """A row for each learner, its seeds side by side."""
    kept = json.loads(OUTPUT.read_text()).get(name, {"runs": []})
    wanted = GOALS[name].wanted
    for learner in LEARNERS:
        runs = [Result(**run) for run in kept["runs"] if run["learner"] == learner]
        if runs:
            runs.sort(key=lambda run: run.seed)
            start = [f"{name}, {wanted:g}", f"{kept['minutes']:g}", learner]
            yield [*start, *map(_joined, zip(*(_cells(run, wanted) for run in runs), strict=True))]


def _cells(run: Result, wanted: float) -> tuple[str, ...]:
    """When it reached what was wanted, its returns, its speed."""
    reached = run.reached_s(wanted)
    after = [value for seconds, value in run.curve if reached and seconds >= reached]
    return (
        "never" if reached is None else f"{reached:.0f} s",
        _number(max(value for _, value in run.curve)),
        _number(min(after)) if after else "",
        _number(run.final_return),
        f"{run.updates / run.curve[-1][0]:.0f}",
    )


def _joined(cells: tuple[str, ...]) -> str:
    """Cells of several seeds; what is the same in all of them once."""
    if len({*cells}) == 1:
        return cells[0]
    return ", ".join(cell or "none" for cell in cells)


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 20 else f"{value:.1f}".replace("-0.0", "0.0")


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", nargs="*", default=list(GOALS), metavar="ENVIRONMENT")
    print(f"| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}")
    for name in parser.parse_args().environments:
        for row in rows(name):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
