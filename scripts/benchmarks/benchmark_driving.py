"""Measure the car: environment speed, and what it has learned after training.

Results go to docs/benchmarks.json.
"""

import argparse
from collections.abc import Iterator

from benchmark import Line, against_bare, keep, trained

MINUTES = {"drive-park": 2.0, "drive": 10.0}
"""Task -> training time [min]."""


def training_lines(tasks: list[str], seeds: list[int]) -> Iterator[Line]:
    """Each task with each seed."""
    for task in tasks:
        for seed in seeds:
            evaluation, note = trained(task, seed, MINUTES[task])
            success = None if evaluation is None else float(evaluation["success_rate"])
            yield Line(f"{task}, seed {seed}: success rate", success, "", 0.95, note=note)


def main() -> None:
    """Run what was asked for, print it line by line, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("env", "train"), help="measure only this")
    parser.add_argument("--tasks", nargs="+", choices=list(MINUTES), default=list(MINUTES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    options = parser.parse_args()
    if options.only != "train":
        keep("driving-env", against_bare(options.tasks))
    if options.only != "env":
        keep("driving-train", training_lines(options.tasks, options.seeds))


if __name__ == "__main__":
    main()
