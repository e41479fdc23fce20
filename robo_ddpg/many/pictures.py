"""Pictures of groups of runs: learning curves with bands, and performance profiles."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from robo_ddpg.files import writing
from robo_ddpg.many.curves import GroupCurve, Over
from robo_ddpg.many.formats import check_picture
from robo_ddpg.many.groups import Measure
from robo_ddpg.many.profiles import Profile
from robo_ddpg.runs.charts import COLOURS, DASHES, PALETTE

_AXIS = {
    "time": "training time [s]",
    "transitions": "transitions",
    "updates": "updates",
    "success": "success [%]",
    "return": "return",
}


def draw_curves(curves: Sequence[GroupCurve], measure: Measure, over: Over) -> Figure:
    """Interquartile means with their bands, medians dashed, and each run as a thin line."""
    figure, axes = _figure(_AXIS[over], _AXIS[measure])
    scale = _scale(axes, measure)
    for index, curve in enumerate(curves):
        colour, dash = _look(index)
        for run in curve.runs:
            axes.plot(run.x, scale * run.y, color=colour, lw=0.6, alpha=0.35)
        axes.fill_between(
            curve.x, scale * curve.low, scale * curve.high, color=colour, alpha=0.16, lw=0
        )
        count = f"{len(curve.runs)} seed{'s' * (len(curve.runs) > 1)}"
        label = f"{curve.name} ({count})"
        axes.plot(curve.x, scale * curve.iqm, color=colour, lw=1.8, ls=dash, label=label)
        axes.plot(curve.x, scale * curve.median, color=colour, lw=0.9, ls=":")
    axes.set_xlim(left=0.0)
    if over != "time":
        axes.xaxis.set_major_formatter(lambda value, _: _count(value))
    _legend(axes)
    return figure


def draw_profiles(profiles: Sequence[Profile], measure: Measure) -> Figure:
    """The share of runs that end with at least so much."""
    figure, axes = _figure(f"at least this {_AXIS[measure]}", "share of runs [%]")
    scale = 100.0 if measure == "success" else 1.0
    for index, profile in enumerate(profiles):
        colour, _ = _look(index)
        dash = DASHES[index % len(DASHES)]  # profiles of good groups lie upon each other
        x = scale * profile.score
        axes.fill_between(
            x, 100 * profile.low, 100 * profile.high, color=colour, alpha=0.16, lw=0, step="pre"
        )
        axes.step(x, 100 * profile.share, color=colour, lw=1.8, ls=dash, label=profile.name)
    axes.set_ylim(-3.0, 103.0)
    _legend(axes)
    return figure


def save_picture(figure: Figure, path: Path) -> None:
    """Write a picture; whole or not at all.

    Args:
        figure: what to draw.
        path: a .png, .svg or .pdf.

    Raises:
        SettingsError: the ending is none of these.
        OutputDirectoryError: it cannot be written.
    """
    check_picture(path)
    style = {"svg.fonttype": "none", "svg.hashsalt": "robo_ddpg", "pdf.fonttype": 42}
    with rc_context(style), writing(path) as part:  # type: ignore[arg-type]
        figure.savefig(part, dpi=200)


def _figure(x_label: str, y_label: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(5.6, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(x_label, color=COLOURS["faint"])
    axes.set_ylabel(y_label, color=COLOURS["faint"])
    axes.tick_params(length=0, labelcolor=COLOURS["faint"])
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.spines["bottom"].set_color(COLOURS["faint"])
    axes.grid(color=COLOURS["rule"], linewidth=0.7)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    return figure, axes


def _scale(axes: Axes, measure: Measure) -> float:
    if measure == "return":
        return 1.0
    axes.set_ylim(-3.0, 103.0)
    return 100.0


def _look(index: int) -> tuple[str, object]:
    colour, dash = index % len(PALETTE), index // len(PALETTE) % len(DASHES)
    return PALETTE[colour], DASHES[dash]


def _count(value: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _legend(axes: Axes) -> None:
    labels = axes.get_legend_handles_labels()
    axes.figure.legend(*labels, loc="outside upper left", frameon=False, fontsize=9)
