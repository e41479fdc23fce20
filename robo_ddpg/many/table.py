"""The table of groups of runs: every seed, none hidden, and what is typical of them."""

from collections.abc import Iterator, Sequence

import numpy as np

from robo_ddpg.evaluation.statistics import interquartile_mean
from robo_ddpg.many.curves import bootstrap_band, interquartile_means
from robo_ddpg.many.found import FoundRun
from robo_ddpg.many.groups import Group

HEAD = ("group", "seed", "state", "transitions", "time [s]", "95 % [s]", "99 % [s]", "success [%]")
"""Columns; `95 % [s]` is the training time when an evaluation first had that success. The last
one is `return` where success is not known."""
_DASH = "-"

Cells = tuple[str, ...]


def table(groups: Sequence[Group]) -> tuple[Cells, list[Cells]]:
    """Head and rows: each run, and below each group of several its interquartile mean."""
    rated = any(run.success is not None for group in groups for run in group.runs)
    head = (*HEAD, "return") if rated else (*HEAD[:-3], "return")
    rows = [cells for group in groups for cells in _rows(group, rated)]
    return head, rows


def markdown(head: Cells, rows: Sequence[Cells]) -> str:
    """The table in Markdown."""
    rule = tuple("---" for _ in head)
    return "\n".join(f"| {' | '.join(_escaped(row, '|'))} |" for row in (head, rule, *rows))


def latex(head: Cells, rows: Sequence[Cells]) -> str:
    r"""The table in LaTeX, with the rules of the package booktabs."""
    lines = [" & ".join(_escaped(row, "&%_#$")) + r" \\" for row in (head, *rows)]
    columns = "l" * 3 + "r" * (len(head) - 3)
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    rules = (r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule")
    return "\n".join((begin, *rules, end))


def _rows(group: Group, rated: bool) -> Iterator[Cells]:
    for run in group.runs:
        yield (group.name, str(run.seed), run.state, *_figures(run, rated))
    if len(group.runs) > 1:
        yield (group.name, f"{len(group.runs)} seeds", "IQM", *_typical(group, rated))


def _figures(run: FoundRun, rated: bool) -> Iterator[str]:
    yield _DASH if run.transitions is None else f"{run.transitions}"
    yield _text(run.training_s)
    if rated:
        yield from (_text(run.reached(share)) for share in (0.95, 0.99))
        yield _text(run.success, scale=100.0)
    yield _text(run.returns)


def _typical(group: Group, rated: bool) -> Iterator[str]:
    """Interquartile means; of a time until a success that some never had there is none."""
    runs = group.runs
    yield _mean([run.transitions for run in runs], form="{:.0f}")
    yield _mean([run.training_s for run in runs])
    if rated:
        yield from (_mean([run.reached(share) for run in runs]) for share in (0.95, 0.99))
        yield _interval([run.success for run in runs], scale=100.0)
    yield _interval([run.returns for run in runs])


def _mean(values: Sequence[float | None], form: str = "{:.1f}") -> str:
    known = [value for value in values if value is not None]
    return form.format(interquartile_mean(known)) if len(known) == len(values) else _DASH


def _interval(values: Sequence[float | None], scale: float = 1.0) -> str:
    known = np.array([[scale * value] for value in values if value is not None])
    if len(known) < len(values):
        return _DASH
    low, high = bootstrap_band(known, interquartile_means)
    return f"{interquartile_means(known)[0]:.1f} ({low[0]:.1f} to {high[0]:.1f})"


def _text(value: float | None, scale: float = 1.0) -> str:
    return _DASH if value is None else f"{scale * value:.1f}"


def _escaped(row: Cells, special: str) -> Iterator[str]:
    for cell in row:
        yield "".join("\\" + letter if letter in special else letter for letter in cell)
