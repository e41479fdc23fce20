"""One page about groups of runs: their curves, profile and table."""

from collections.abc import Sequence
from pathlib import Path

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import writing
from robo_ddpg.many.curves import Over, group_curve
from robo_ddpg.many.found import FoundRun, find_runs
from robo_ddpg.many.groups import Group, Measure, groups_of, measure_of
from robo_ddpg.many.pictures import draw_curves, draw_profiles
from robo_ddpg.many.profiles import profiles
from robo_ddpg.many.table import table
from robo_ddpg.runs.charts import COLOURS
from robo_ddpg.runs.report import template
from robo_ddpg.runs.report_sections import Chart
from robo_ddpg.runs.svg import to_svg

NAME = "report.html"
"""Of the page."""
_OVERS: tuple[Over, ...] = ("transitions", "time")


def write_group_report(directory: Path) -> Path:
    """Write `report.html` about the runs below a directory: one file, nothing else needed.

    Args:
        directory: damaged runs in it are named and left out.

    Raises:
        OutputDirectoryError: it holds no whole run, or the file cannot be written.
    """
    found = find_runs([directory])
    groups = groups_of(found)
    if not groups:
        raise OutputDirectoryError(f"{directory} holds no run: there is no config.json below it")
    with writing(directory / NAME) as part:
        part.write_text(_render(directory, found, groups), encoding="utf-8")
    return directory / NAME


def _render(directory: Path, found: Sequence[FoundRun], groups: list[Group]) -> str:
    measure = measure_of(groups)
    head, rows = table(groups)
    names = ", ".join(dict.fromkeys(str(run.task) for group in groups for run in group.runs))
    return template("group.html", "robo_ddpg.many").render(
        colours=COLOURS,
        title=f"{names}, {len(found)} runs",
        name=directory.name,
        learning=[chart for over in _OVERS for chart in _curves(groups, measure, over)],
        profile=_profile(groups, measure),
        head=head,
        rows=rows,
        damages=[run.damage for run in found if run.damage],
    )


def _curves(groups: list[Group], measure: Measure, over: Over) -> list[Chart]:
    found = (group_curve(group, measure, over) for group in groups)
    curves = [curve for curve in found if curve is not None]
    drawn = draw_curves(curves, measure, over)
    return [Chart(to_svg(drawn, f"{measure} over {over}"))] if curves else []


def _profile(groups: list[Group], measure: Measure) -> list[Chart]:
    found = profiles(groups, measure)
    drawn = draw_profiles(found, measure)
    return [Chart(to_svg(drawn, "performance profile"))] if found else []
