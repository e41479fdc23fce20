"""The parts of a report, as texts and charts."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robo_ddpg.reading.plain_file import is_plain
from robo_ddpg.runs.charts import histogram, learning_curve, line_chart
from robo_ddpg.runs.evaluation_statistics import Estimate, EvaluationStatistics, Spread
from robo_ddpg.runs.lines import TIME, TRANSITIONS, metric_line, robustness_line
from robo_ddpg.runs.quantities import measure_of
from robo_ddpg.runs.robustness_curves import Robustness
from robo_ddpg.runs.svg import to_svg
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import SAFETY

Cells = tuple[str, ...]

MOST_VIDEO_BYTES = 64 * 2**20
"""Videos beyond this much are named instead of embedded; browsers get slow."""
_MEDIA = {".mp4": "video/mp4", ".gif": "image/gif"}
_NOT_DRAWN = ("seed", "length", "unstable", "success", "success_at_reset")
_DASH = "–"  # noqa: RUF001 - a dash, not a minus


@dataclass(frozen=True)
class Chart:
    """A chart with what is written under it."""

    svg: str
    """An SVG element."""
    caption: str = ""
    """May be empty."""


@dataclass(frozen=True)
class Film:
    """A video, or an animated image."""

    name: str
    """Of its file."""
    moves: bool
    """Whether it is a video."""
    source: str
    """A data URL; empty if it is too large."""


def headline(found: EvaluationStatistics) -> list[Cells]:
    """Value, name, and what qualifies it, of what matters most."""
    cells: list[Cells] = []
    if found.success:
        low, high = 100 * found.success.low, 100 * found.success.high
        rate = f"{100 * found.success.mean:.1f} %"
        cells.append((rate, "success", f"{low:.1f} to {high:.1f} %"))
    returns = found.returns
    cells.append((f"{returns.mean:.2f}", "return", f"{returns.low:.2f} to {returns.high:.2f}"))
    soon = found.quantities.get("time_to_success_s")
    if soon and soon.median is not None and soon.p90 is not None:
        late = f"90 % within {soon.p90:.2f} s"
        cells.append((f"{soon.median:.2f} s", "median to success", late))
    if found.violations is not None:
        broken = sum(size > 0 for size in found.violations.values())
        cells.append((str(broken), "limits broken", f"of {len(found.violations)} watched"))
    return cells


def learning(rows: Sequence[Row]) -> list[Chart]:
    """What was measured in training, over its time; success and return over transitions too."""
    charts = []
    if metric_line(rows, "evaluation_return", "return").y:
        for along, over in ((TIME, "training time"), (TRANSITIONS, "transitions")):
            label = f"Success and return over {over}"
            charts.append(Chart(to_svg(learning_curve(rows, along), label)))
    lines = (
        metric_line(rows, "saturated_actions", "saturated actions", percent=True),
        metric_line(rows, "q_gap", "Q minus return"),
    )
    drawn = ((line_chart(line), f"{line.title} in training") for line in lines if line.y)
    return charts + [Chart(to_svg(figure, title)) for figure, title in drawn]


def evaluation(found: EvaluationStatistics) -> list[Cells]:
    """Quantity, value, and its interval or spread."""
    rows: list[Cells] = [
        ("episodes", f"{found.episodes} from seed {found.seed}", ""),
        ("safety filter", found.safety_filter or _DASH, ""),
    ]
    if found.model_matches is False:
        rows.append(("model", "another than it was trained with", ""))
    rows += [
        ("success [%]", *_interval(found.success, 100.0)),
        ("return", *_interval(found.returns)),
        ("return, interquartile mean", _number(found.return_iqm), ""),
        ("length [steps], median", _number(found.length_median), ""),
    ]
    spreads = found.quantities.items()
    rows += [(f"{found.measure(name).label}, median", *_spread(x)) for name, x in spreads]
    return [
        *rows,
        ("success at reset", _number(found.success_at_reset), ""),
        ("unstable", _number(found.unstable), ""),
    ]


def distributions(rows: Sequence[Row], found: EvaluationStatistics | None) -> list[Chart]:
    """A histogram of each quantity of an episode; `found` knows their units."""
    charts = []
    for key in rows[0] if rows else ():
        if key in _NOT_DRAWN or key.startswith(SAFETY):
            continue
        values = [value for row in rows if (value := row[key]) is not None]
        if values:
            label = (found.measure(key) if found else measure_of(key)).label
            charts.append(Chart(to_svg(histogram(values, label), f"Histogram of {label}")))
    return charts


def interventions(found: EvaluationStatistics) -> list[Cells]:
    """Why actions were altered, and in which share of the steps."""
    shares = (found.safety or {}).items()
    return [(reason.replace("_", " "), _percent(share)) for reason, share in shares]


def violations(found: EvaluationStatistics) -> list[Cells]:
    """Which limits the simulated robot kept."""
    return [
        (
            found.measure(limit).what,
            "kept" if size <= 0 else f"by up to {found.measure(limit).reading(size)}",
        )
        for limit, size in (found.violations or {}).items()
    ]


def robustness(found: Robustness) -> list[Chart]:
    """Success or return over the size of each perturbation."""
    curves = [curve for curve in found.perturbations.values() if curve.points]
    return [
        Chart(to_svg(line_chart(robustness_line(curve)), f"Robustness: {curve.title}"), curve.title)
        for curve in curves
    ]


def films(directory: Path) -> list[Film]:
    """The videos in a directory."""
    found, left = [], MOST_VIDEO_BYTES
    for path in sorted(directory.glob("*")):
        kind = _MEDIA.get(path.suffix.lower())
        if kind is None or ".part" in path.name or not is_plain(path):
            continue  # a link could bring any file of this machine into a page that is passed on
        source, size = "", path.stat().st_size
        if size <= left:
            left -= size
            source = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
        found.append(Film(path.name, kind.startswith("video"), source))
    return found


def _interval(estimate: Estimate | None, scale: float = 1.0) -> tuple[str, str]:
    if estimate is None:
        return _DASH, f"{_DASH} to {_DASH}"
    low, high = _number(estimate.low, scale), _number(estimate.high, scale)
    return _number(estimate.mean, scale), f"{low} to {high}"


def _spread(spread: Spread) -> tuple[str, str]:
    if spread.p90 is None:
        return _DASH, ""
    tail = f"90 % below {_number(spread.p90)}, at most {_number(spread.max)}"
    return _number(spread.median), tail


def _percent(share: float) -> str:
    return f"{_number(share, 100.0)} %" if share > 0 else "never"


def _number(value: float | None, scale: float = 1.0) -> str:
    """Three digits; four decimals at most."""
    if value is None:
        return _DASH
    shown = scale * value
    return f"{shown:.3g}" if abs(shown) >= 1e-4 else "0"
