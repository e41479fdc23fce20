"""Training several seeds of one task with the same settings, into one directory."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError, SettingsError, UnreadableFile
from robo_ddpg.files import write_json, writing
from robo_ddpg.many.found import FoundRun, look_at
from robo_ddpg.many.groups import Group, groups_of
from robo_ddpg.many.seeds.display import make_many_progress
from robo_ddpg.many.seeds.engine import Engine
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.many.seeds.side_by_side import run_side_by_side
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.seeds import check_seed
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of

FILE_NAME = "group.json"
"""What a directory of seeds is known by: settings and seeds."""
MOST_SEEDS = 1000
_TABLE, _CURVES = "table.md", "curves-{over}.png"


@dataclass(frozen=True)
class SeedGroup:
    """The runs of one command."""

    path: Path
    """Directory with `seed-S` for each."""
    runs: tuple[FoundRun, ...]
    """As they are now."""
    errors: dict[int, str]
    """Seed -> what went wrong with its run."""

    @property
    def groups(self) -> list[Group]:
        """The runs that are whole, as one group."""
        return groups_of(self.runs)


def default_directory(task: str, seeds: Sequence[int]) -> Path:
    """Where they go if nobody says where: runs/TASK/seeds-0-to-4."""
    least, most = min(seeds), max(seeds)
    every = sorted(seeds) == list(range(least, most + 1)) and most > least
    name = f"{least}-to-{most}" if every else "-".join(map(str, seeds[:8]))
    return Path("runs") / re.sub(r"[^\w.-]", "-", task) / f"seeds-{name}"


def train_seeds(
    settings: TrainSettings,
    seeds: Sequence[int],
    directory: Path | None = None,
    *,
    engine: Engine = run_side_by_side,
    force: bool = False,
    quiet: bool = False,
) -> SeedGroup:
    """Train each seed, side by side as far as processors serve, and join their curves.

    Args:
        settings: what to train; its own seed does not count.
        seeds: at least one, each once.
        directory: where to; `default_directory` if not given.
        engine: what makes the runs.
        force: replace earlier runs that are there.
        quiet: show no progress.

    Raises:
        SettingsError: a seed is given twice or is negative, or there are none.
        OutputDirectoryError: something else is there, or it cannot be written.
    """
    _check(seeds)
    directory = directory or default_directory(settings.task, seeds)
    made = [Job(dataclasses.replace(settings, seed=s), directory / f"seed-{s}") for s in seeds]
    for job in made:
        RunDirectory(job.path).check(force=force)
    for run in (RunDirectory(job.path) for job in made):
        with run.writing():
            run.create(force=force)
    write_json({**configuration(settings), "seeds": list(seeds)}, directory / FILE_NAME)
    return _make(directory, made, engine, quiet=quiet)


def resume_seeds(
    directory: Path, *, engine: Engine = run_side_by_side, quiet: bool = False
) -> SeedGroup:
    """Go on with the runs of a group that did not end, and begin those that were not begun.

    Raises:
        OutputDirectoryError: the directory is not that of a group, or damaged.
    """
    path = directory / FILE_NAME
    try:
        config = read_json(path)
        settings, seeds = settings_of(config), config["seeds"]
        _check(seeds)
    except FileNotFoundError:
        raise OutputDirectoryError(
            f"{directory} holds no runs of --seeds: no {FILE_NAME}"
        ) from None
    except (OSError, KeyError, TypeError, UnreadableFile, SettingsError) as error:
        raise OutputDirectoryError(f"{path} cannot be read: {error}") from None
    made = [Job(dataclasses.replace(settings, seed=s), directory / f"seed-{s}") for s in seeds]
    return _make(directory, made, engine, quiet=quiet)


def is_group(directory: Path) -> bool:
    """Whether `train_seeds` made it."""
    return (directory / FILE_NAME).exists()


def _check(seeds: Sequence[Any]) -> None:
    if not 0 < len(seeds) <= MOST_SEEDS:
        raise SettingsError(f"expected 1 to {MOST_SEEDS} seeds, got {len(seeds)}")
    for seed in seeds:
        if not isinstance(seed, int):
            raise SettingsError(f"seeds must be integers, got {seed!r:.40}")
        check_seed(seed)
        if list(seeds).count(seed) > 1:
            raise SettingsError(f"seed {seed} is given twice")


def _make(directory: Path, made: list[Job], engine: Engine, *, quiet: bool) -> SeedGroup:
    names = [f"seed {job.settings.seed}" for job in made]
    title = f"train {made[0].settings.task}"
    with make_many_progress(title, names, quiet=quiet) as progress:
        errors = engine(made, progress, stop=lambda _: False)
    failed = {
        job.settings.seed: error
        for job, error in zip(made, errors, strict=True)
        if error is not None
    }
    runs = tuple(look_at(job.path) for job in made if RunDirectory(job.path).config.exists())
    group = SeedGroup(directory, runs, failed)
    if group.groups:
        _write(group)
    return group


def _write(group: SeedGroup) -> None:
    """The table, the pictures and the page."""
    from robo_ddpg.many.curves import Over, group_curve
    from robo_ddpg.many.groups import measure_of
    from robo_ddpg.many.pictures import draw_curves, save_picture
    from robo_ddpg.many.report import write_group_report
    from robo_ddpg.many.table import markdown, table

    with writing(group.path / _TABLE) as part:
        part.write_text(markdown(*table(group.groups)) + "\n", encoding="utf-8")
    measure = measure_of(group.groups)
    overs: tuple[Over, ...] = ("transitions", "time")
    for over in overs:
        found = [group_curve(each, measure, over) for each in group.groups]
        curves = [curve for curve in found if curve is not None]
        if curves:
            drawn = draw_curves(curves, measure, over)
            save_picture(drawn, group.path / _CURVES.format(over=over))
    write_group_report(group.path)
