"""`robo-ddpg train --seeds`: several runs by one command."""

from collections.abc import Sequence
from pathlib import Path

from robo_ddpg.cli.output import note, say, say_table
from robo_ddpg.many.seeds.engine import Engine
from robo_ddpg.many.seeds.group import SeedGroup, resume_seeds, train_seeds
from robo_ddpg.many.table import table
from robo_ddpg.training.settings import TrainSettings


def train(
    settings: TrainSettings,
    seeds: Sequence[int],
    out: Path | None,
    *,
    made_by: Engine,
    force: bool,
    quiet: bool,
) -> bool:
    """Train the seeds and print their table; returns whether none failed."""
    return _said(train_seeds(settings, seeds, out, engine=made_by, force=force, quiet=quiet))


def resume(directory: Path, *, made_by: Engine, quiet: bool) -> bool:
    """Go on with seeds that did not end; returns whether none failed."""
    return _said(resume_seeds(directory, engine=made_by, quiet=quiet))


def _said(made: SeedGroup) -> bool:
    if made.groups:
        head, rows = table(made.groups)
        say_table([head[1:], *(row[1:] for row in rows)])
        say(f"report      {made.path / 'report.html'}")
    for seed, error in made.errors.items():
        note(f"seed {seed} failed: {error}")
    if any(run.state == "interrupted" for run in made.runs):
        note(f"robo-ddpg train --resume {made.path} goes on with what did not end")
    return not made.errors
