"""Pictures of a sweep: its history, and which settings mattered."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from robo_ddpg.runs.charts import COLOURS

_STATES = {"complete": ("o", "blue"), "pruned": ("x", "faint"), "fail": ("v", "amber")}


def draw_history(trials: Sequence[tuple[str, float | None]]) -> Figure:
    """What each trial was worth, and the best so far.

    Args:
        trials: state and value, in order; trials without a value stand at the bottom.
    """
    figure = Figure(figsize=(5.6, 3.2), layout="constrained")
    axes = figure.subplots()
    known = [value for _, value in trials if value is not None]
    bottom = min(known, default=0.0)
    for state, (marker, colour) in _STATES.items():
        found = [(i, v) for i, (s, v) in enumerate(trials) if s == state]
        y = [bottom if value is None else value for _, value in found]
        axes.scatter(
            [i for i, _ in found], y, s=18, marker=marker, color=COLOURS[colour], label=state
        )
    best = _running_best([value for _, value in trials])
    axes.step(*zip(*best, strict=True), where="post", color=COLOURS["green"], label="best so far")
    axes.set_xlabel("trial")
    axes.set_ylabel("mean over the budget,\nlower bound over seeds")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=COLOURS["rule"], linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=8)
    return figure


def draw_importances(importances: Mapping[str, float]) -> Figure:
    """Bars, the largest on top."""
    figure = Figure(figsize=(5.6, 0.6 + 0.32 * max(1, len(importances))), layout="constrained")
    axes = figure.subplots()
    names = list(importances)[::-1]
    axes.barh(names, [100 * importances[name] for name in names], color=COLOURS["blue"])
    axes.set_xlabel("importance [%]")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


def _running_best(values: Sequence[float | None]) -> list[tuple[int, float]]:
    best: list[tuple[int, float]] = []
    for index, value in enumerate(values):
        known = [x for x in (value, best[-1][1] if best else None) if x is not None]
        if known:
            best.append((index, max(known)))
    return best or [(0, 0.0)]
