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

    It is report.html in the directory of the run.
    """

    run: Annotated[Path, Positional, arg(metavar="RUN")]
    """Directory of the run."""


def run(words: Words) -> None:
    """Write one page about a run: curves, evaluation, safety, videos."""
    options = parse(ReportOptions, words, "report")
    say(str(write_report(RunDirectory(options.run))))
