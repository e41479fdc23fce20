"""`robo-ddpg plot`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import note, say
from robo_ddpg.cli.parsing.fields import hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.many.curves import group_curve
from robo_ddpg.many.formats import check_picture
from robo_ddpg.many.found import FoundRun, find_runs
from robo_ddpg.many.groups import Group, groups_of, measure_of


@dataclass(frozen=True)
class PlotOptions:
    """Draw the learning curves of groups of runs, or print their table.

    Runs that differ in nothing but their seed are a group. A curve is the interquartile mean over
    its seeds with a 95 % bootstrap band; the median is dotted, runs are thin lines.
    """

    runs: Annotated[tuple[Path, ...], Positional, arg(metavar="[RUN ...]")] = (Path("runs"),)
    """Runs, or directories with runs below."""
    out: Annotated[Path, arg(metavar="FILE")] = Path("curves.png")
    """The picture: .png, .svg or .pdf."""
    over: Literal["time", "transitions", "updates"] = "transitions"
    """What curves are drawn against."""
    show: Annotated[Literal["success", "return"] | None, arg(help_behavior_hint=hint)] = None
    """What is drawn; success where it is known if not given."""
    profile: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint=hint)] = None
    """Draw performance profiles too: which share of a group's runs ends with at least so much."""
    table: Annotated[Literal["markdown", "latex"] | None, arg(help_behavior_hint=hint)] = None
    """Print a table of all runs, and draw nothing."""


def run(words: Words) -> None:
    """Draw the learning curves of groups of runs, or print their table."""
    options = parse(PlotOptions, words, "plot")
    for path in filter(None, (options.out, options.profile)):
        check_picture(path)
    groups = _groups(find_runs(options.runs), options)
    if options.table is not None:
        _say_table(groups, options.table)
        return
    _draw(groups, options)


def _groups(found: list[FoundRun], options: PlotOptions) -> list[Group]:
    damages = [run.damage for run in found if run.damage]
    groups = groups_of(found)
    if not groups:
        places = ", ".join(map(str, options.runs))
        reasons = "; ".join(damages) or "robo-ddpg runs DIR lists runs"
        raise OutputDirectoryError(f"no whole run in {places}: {reasons}")
    for damage in damages:
        note(f"left out: {damage}")
    return groups


def _say_table(groups: list[Group], form: str) -> None:
    from robo_ddpg.many import table

    head, rows = table.table(groups)
    say((table.markdown if form == "markdown" else table.latex)(head, rows))


def _draw(groups: list[Group], options: PlotOptions) -> None:
    from robo_ddpg.many import pictures
    from robo_ddpg.many.profiles import profiles

    measure = options.show or measure_of(groups)
    found = (group_curve(group, measure, options.over) for group in groups)
    curves = [curve for curve in found if curve is not None]
    if not curves:
        raise OutputDirectoryError(f"no {measure} was measured in these runs; nothing to draw")
    pictures.save_picture(pictures.draw_curves(curves, measure, options.over), options.out)
    say(str(options.out))
    if options.profile is not None:
        drawn = pictures.draw_profiles(profiles(groups, measure), measure)
        pictures.save_picture(drawn, options.profile)
        say(str(options.profile))
