"""One page about a run: learning curves, evaluation, safety, robustness, videos."""

import base64
import csv
import html
import json
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import replacing
from robo_ddpg.runs.charts import Line, histogram, line_chart
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.page import figure, page, section, table, tiles
from robo_ddpg.runs.training_log import Row, read_metrics

MOST_VIDEO_BYTES = 64 * 2**20
"""Videos beyond this much are named instead of embedded; browsers get slow."""
_MEDIA = {".mp4": "video/mp4", ".gif": "image/gif"}
_UNITS = {"_rad_s3": "rad/s³", "_rad_s": "rad/s", "_rad": "rad", "_m": "m", "_s": "s", "_j": "J"}
_NOT_DRAWN = ("seed", "length", "unstable", "success", "success_at_reset")


def write_report(run: RunDirectory) -> Path:
    """Write `report.html` into a run directory: one file, nothing else needed to read it.

    Args:
        run: what is missing in it is left out of the report.

    Raises:
        OutputDirectoryError: it holds no run, or the file cannot be written.
    """
    if not run.config.exists():
        raise OutputDirectoryError(f"{run.path} holds no run: it has no {run.config.name}")
    path = run.path / "report.html"
    try:
        text = render(run)
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputDirectoryError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def render(run: RunDirectory) -> str:
    """The page."""
    config = run.read_config()
    settings = config.get("settings", {})
    summary = _read_json(run.path / "evaluation.json")
    robustness = _read_json(run.path / "robustness.json")
    sections = [
        _headline(summary),
        _videos(run.videos),
        _learning(read_metrics(run.metrics)),
        _evaluation(summary),
        _distributions(_read_rows(run.path / "evaluation.csv")),
        _ledger(summary),
        robustness_section(robustness),
        _setup(settings, config.get("versions", {})),
    ]
    title = f"{settings.get('task', run.path.name)}, seed {settings.get('seed', '?')}"
    return page(title, str(run.path.name), "".join(sections))


def robustness_section(result: dict[str, Any]) -> str:
    """Success and return over the size of each perturbation."""
    figures = []
    for name, curve in result.get("perturbations", {}).items():
        levels = curve["levels"]
        if levels is None:
            continue
        x = [level["level"] for level in levels]
        if levels[0]["success_rate"] is None:
            line = Line(name, x, *_columns(levels, "return_mean", "return_low", "return_high"))
            chart = line_chart([line], curve["unit"], "return")
        else:
            keys = ("success_rate", "success_low", "success_high")
            values = [[100 * y for y in column] for column in _columns(levels, *keys)]
            chart = line_chart([Line(name, x, *values)], curve["unit"], "success [%]", (0, 100))
        figures.append(figure(chart, curve["title"]))
    episodes = result.get("episodes")
    note = f"{episodes} episodes at each point, the same seeds; bands are 95 % intervals."
    return section("Robustness", "".join(figures), note) if figures else ""


def _headline(summary: dict[str, Any]) -> str:
    if not summary:
        return ""
    cells = []
    if summary.get("success_rate") is not None:
        rate, low, high = (100 * summary[f"success_{key}"] for key in ("rate", "low", "high"))
        cells.append((f"{rate:.1f} %", "success", f"{low:.1f} to {high:.1f} %"))
    low, high = summary["return_low"], summary["return_high"]
    cells.append((f"{summary['return_mean']:.2f}", "return", f"{low:.2f} to {high:.2f}"))
    if summary.get("time_to_success_s_median") is not None:
        late = f"90 % within {summary['time_to_success_s_p90']:.2f} s"
        cells.append((f"{summary['time_to_success_s_median']:.2f} s", "median to success", late))
    violations = summary.get("violations")
    if violations is not None:
        broken = sum(size > 0 for size in violations.values())
        cells.append((str(broken), "limits broken", f"of {len(violations)} watched"))
    return tiles(cells)


def _learning(rows: list[Row]) -> str:
    curves = (
        ("evaluation_success", "success [%]", 100.0, (0.0, 100.0)),
        ("evaluation_return", "return", 1.0, None),
        ("saturated_actions", "saturated actions [%]", 100.0, (0.0, 100.0)),
        ("q_gap", "Q minus return", 1.0, None),
    )
    figures = []
    for key, label, scale, y_range in curves:
        known = [(row["training_s"], row.get(key)) for row in rows]
        points = [(x, scale * y) for x, y in known if x is not None and y is not None]
        if points:
            x, y = zip(*points, strict=True)
            figures.append(
                figure(line_chart([Line(label, x, y)], "training time [s]", label, y_range))
            )
    return section("Learning", "".join(figures)) if figures else ""


def _evaluation(summary: dict[str, Any]) -> str:
    if not summary:
        return ""
    rows = [["episodes", f"{summary['episodes']} from seed {summary['seed']}", ""]]
    rows.append(["safety filter", summary.get("safety_filter") or "–", ""])  # noqa: RUF001 - a dash
    if summary.get("model_matches") is False:
        rows.append(["model", "another than it was trained with", ""])
    for key, label, scale in (("success", "success [%]", 100.0), ("return", "return", 1.0)):
        value = summary.get("success_rate" if key == "success" else "return_mean")
        interval = [_number(summary.get(f"{key}_{end}"), scale) for end in ("low", "high")]
        rows.append([label, _number(value, scale), " to ".join(interval)])
    rows.append(["return, interquartile mean", _number(summary["return_iqm"]), ""])
    quantities = [key.removesuffix("_median") for key in summary if key.endswith("_median")]
    for name in quantities:
        tail = [_number(summary.get(f"{name}_{label}")) for label in ("p90", "max")]
        known = summary.get(f"{name}_p90") is not None
        spread = f"90 % below {tail[0]}, at most {tail[1]}" if known else ""
        rows.append([f"{_label(name)}, median", _number(summary[f"{name}_median"]), spread])
    others = ("success_at_reset", "unstable")
    rows += [[key.replace("_", " "), _number(summary.get(key)), ""] for key in others]
    body = table(["quantity", "value", "95 % interval or spread"], rows)
    return section("Evaluation", body, "A dash stands for what was not measured.")


def _distributions(rows: list[dict[str, str]]) -> str:
    figures = []
    for key in rows[0] if rows else ():
        if key in _NOT_DRAWN or key.startswith(("safety_", "violation_")):
            continue
        values = [float(row[key]) for row in rows if row[key]]
        if values:
            figures.append(figure(histogram(values, _label(key))))
    return (
        section("Distributions", "".join(figures), "The line marks the median.") if figures else ""
    )


def _ledger(summary: dict[str, Any]) -> str:
    if not summary or summary.get("safety") is None:
        return ""
    altered = [
        [reason.replace("_", " "), f"{100 * share:.2f} %"]
        for reason, share in summary["safety"].items()
    ]
    broken = [
        [limit.replace("_", " "), "kept" if size <= 0 else f"by up to {size:.3g}"]
        for limit, size in (summary.get("violations") or {}).items()
    ]
    tables = table(["altered because of", "share of steps"], altered)
    tables += table(["limit of the simulated robot", "broken"], broken)
    return section("Safety ledger", f'<div class="pair">{tables}</div>')


def _videos(directory: Path) -> str:
    figures, left = [], MOST_VIDEO_BYTES
    for path in sorted(directory.glob("*")):
        kind = _MEDIA.get(path.suffix.lower())
        if kind is None or ".part" in path.name:
            continue
        name = html.escape(path.name)
        size = path.stat().st_size
        if size > left:
            figures.append(f"<p>{name} is too large to embed: see videos/{name}.</p>")
            continue
        left -= size
        source = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
        film = (
            f'<video controls loop muted playsinline preload="auto" src="{source}"></video>'
            if kind.startswith("video")
            else f'<img alt="{name}" src="{source}">'
        )
        figures.append(figure(film, path.name))
    return section("Videos", "".join(figures)) if figures else ""


def _setup(settings: dict[str, Any], versions: dict[str, str]) -> str:
    rows = [[name, str(value)] for name, value in versions.items()]
    text = html.escape(json.dumps(settings, indent=2))
    details = f"<details><summary>All settings</summary><pre>{text}</pre></details>"
    return section("Set-up", table(["package", "version"], rows) + details)


def _label(name: str) -> str:
    """A quantity's name in words, its unit in brackets."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return f"{name.removesuffix(ending).replace('_', ' ')} [{unit}]"
    return name.replace("_", " ")


def _columns(levels: list[dict[str, Any]], *keys: str) -> list[list[float]]:
    return [[level[key] for level in levels] for key in keys]


def _number(value: float | None, scale: float = 1.0) -> str:
    """Three digits; four decimals at most."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash, not a minus
    shown = scale * value
    return f"{shown:.3g}" if abs(shown) >= 1e-4 else "0"


def _read_json(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing if there is none or it is damaged."""
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _read_rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
