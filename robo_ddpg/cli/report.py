"""`robo-ddpg report`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import say
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report


@dataclass(frozen=True)
class ReportOptions:
    """Write one page about a run: curves, evaluation, safety, videos.

    It is report.html in the directory of the run. For a directory with runs below, the page is
    about all of them: curves with bands, performance profile, table.
    """

    run: Annotated[Path, Positional, arg(metavar="RUN")]
    """Directory of the run, or of runs."""


def run(words: Words) -> None:
    """Write one page about a run: curves, evaluation, safety, videos."""
    options = parse(ReportOptions, words, "report")
    run = RunDirectory(options.run)
    if run.config.exists() or not run.path.is_dir():
        say(str(write_report(run)))
        return

    from robo_ddpg.many.report import write_group_report

    say(str(write_group_report(run.path)))
