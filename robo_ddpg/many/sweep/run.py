"""Running a sweep: rounds of trials, each of several seeds, and the best one confirmed."""

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robo_ddpg.files import write_json
from robo_ddpg.many.found import FoundRun, look_at
from robo_ddpg.many.groups import Measure
from robo_ddpg.many.pictures import save_picture
from robo_ddpg.many.seeds.display import make_many_progress
from robo_ddpg.many.seeds.engine import Engine
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.many.seeds.side_by_side import run_side_by_side
from robo_ddpg.many.sweep.pictures import draw_history, draw_importances
from robo_ddpg.many.sweep.plan import ROUND, SweepPlan
from robo_ddpg.many.sweep.score import Budget, is_hopeless, lower_bound, score
from robo_ddpg.many.sweep.space import Values, with_values
from robo_ddpg.many.sweep.study import Study
from robo_ddpg.many.sweep.watcher import RoundWatcher
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.lock import sole_writer
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.settings import TrainSettings, configuration

BEST = "best-config.json"
"""The settings of the best trial, for `train --config`."""


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found."""

    path: Path
    """Its directory."""
    completed: tuple[int, ...]
    """Numbers of the trials that have a value, the best first."""
    values: Values
    """The settings of the best; empty if no trial has ended."""
    best: float | None
    """What it was worth in the sweep, by its seeds' lower bound: the luckiest of all trials."""
    confirmed: tuple[float | None, ...]
    """What it was worth on each fresh seed."""
    confirmed_runs: tuple[FoundRun, ...]
    """Those runs."""
    settings: TrainSettings | None
    """All settings of the best."""
    interrupted: bool = False
    """Whether a signal ended the sweep before its time."""


def run_sweep(
    plan: SweepPlan, directory: Path, *, engine: Engine = run_side_by_side, quiet: bool = False
) -> SweepResult:
    """Run a sweep, or go on with it where it was stopped.

    Args:
        plan: what to try.
        directory: where to; the same plan goes on there.
        engine: what makes the runs.
        quiet: show no progress.

    Raises:
        SettingsError: Optuna is not installed.
        OutputDirectoryError: another sweep is there or being run there, or something is damaged.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with sole_writer(directory):
        plan.keep(directory)
        return _Sweep(plan, directory, engine, quiet=quiet).run()


class _Sweep:
    """A sweep while it runs."""

    def __init__(self, plan: SweepPlan, directory: Path, engine: Engine, *, quiet: bool) -> None:
        self._plan, self._directory, self._engine = plan, directory, engine
        self._quiet = quiet
        self._budget = Budget.of(plan.settings)
        self._study = Study(directory, plan.parameters, plan.sampler, plan.seed)

    def run(self) -> SweepResult:
        while trials := self._next_round():
            if not self._make(trials):
                return self._result((), interrupted=True)
        runs = self._confirm()
        whole = all(run.state == "finished" for run in runs)
        return self._result(tuple(runs), interrupted=not whole)

    def _next_round(self) -> list[int]:
        """Trials to be made: those that were begun, and as many as fill the round."""
        trials = self._study.unfinished()
        ready = not trials or self._study.begun % ROUND
        while ready and self._study.begun < self._plan.trials:
            trials.append(self._study.ask())
            ready = bool(self._study.begun % ROUND)
        return trials

    def _make(self, trials: Sequence[int]) -> bool:
        """Train the seeds of a round; returns whether all of it is over."""
        ended = [self._rows(number) for number in self._study.completed()]
        jobs = [job for number in trials for job in self._jobs(number)]
        names = [
            f"trial {number} seed {seed}" for number in trials for seed in range(self._plan.seeds)
        ]
        progress = make_many_progress(self._title(trials), names, quiet=self._quiet)
        watcher = RoundWatcher(
            jobs, self._plan.seeds, progress, lambda rows: self._is_bad(rows, ended)
        )
        with progress:
            errors = self._engine(jobs, watcher, stop=watcher.is_given_up)
        for k, number in enumerate(trials):
            mine = range(k * self._plan.seeds, (k + 1) * self._plan.seeds)
            bad = any(self._is_bad(look_at(jobs[i].path).rows, ended) for i in mine)
            failed = any(errors[i] is not None for i in mine)
            if bad or failed:
                self._study.tell(number, None, failed=failed)
            elif not all(look_at(jobs[i].path).state == "finished" for i in mine):
                return False  # a signal came
            else:
                self._study.tell(number, self._value(number))
            self._forget_steps(number)
        return True

    def _is_bad(self, rows: Sequence[Row], ended: Sequence[Sequence[Sequence[Row]]]) -> bool:
        """Whether any evaluation of a run was one to give its trial up at."""
        measure = self._measure(rows)
        heads = (rows[:count] for count in range(1, len(rows) + 1))
        return any(is_hopeless(head, ended, measure, self._budget) for head in heads)

    def _confirm(self) -> list[FoundRun]:
        """Train the best trial on fresh seeds."""
        best = self._study.completed()[:1]
        if not best or not self._plan.confirm:
            return []
        settings = self._settings(best[0])
        seeds = range(self._plan.seeds, self._plan.seeds + self._plan.confirm)
        place = self._directory / f"confirm-{best[0]}"
        jobs = [Job(dataclasses.replace(settings, seed=s), place / f"seed-{s}") for s in seeds]
        names = [f"confirm seed {seed}" for seed in seeds]
        with make_many_progress("confirm", names, quiet=self._quiet) as progress:
            self._engine(jobs, progress, stop=lambda _: False)
        return [look_at(job.path) for job in jobs]

    def _result(self, runs: tuple[FoundRun, ...], *, interrupted: bool) -> SweepResult:
        completed = tuple(self._study.completed())
        settings = self._settings(completed[0]) if completed else None
        if settings is not None:
            write_json(configuration(settings), self._directory / BEST)
            self._draw()
        scores = tuple(score(run.rows, self._measure(run.rows), self._budget) for run in runs)
        return SweepResult(
            self._directory,
            completed,
            self._study.values(completed[0]) if completed else {},
            self._study.value(completed[0]) if completed else None,
            scores,
            runs,
            settings,
            interrupted,
        )

    def _draw(self) -> None:
        numbers = range(self._study.begun)
        trials = [(self._study.state(number), self._study.value(number)) for number in numbers]
        save_picture(draw_history(trials), self._directory / "history.png")
        if importances := self._study.importances():
            save_picture(draw_importances(importances), self._directory / "importances.png")

    def _settings(self, number: int) -> TrainSettings:
        return with_values(self._plan.settings, self._study.values(number))

    def _jobs(self, number: int) -> list[Job]:
        settings, place = self._settings(number), self._directory / f"trial-{number}"
        return [
            Job(dataclasses.replace(settings, seed=seed), place / f"seed-{seed}")
            for seed in range(self._plan.seeds)
        ]

    def _rows(self, number: int) -> list[tuple[Row, ...]]:
        return [look_at(job.path).rows for job in self._jobs(number)]

    def _value(self, number: int) -> float | None:
        """The lower bound over its seeds; None if one of them was never evaluated."""
        rows = self._rows(number)
        found = [score(seed, self._measure(seed), self._budget) for seed in rows]
        known = [value for value in found if value is not None]
        return lower_bound(known) if len(known) == len(found) else None

    def _measure(self, rows: Sequence[Row]) -> Measure:
        rated = any(row.get("evaluation_success") is not None for row in rows)
        return "success" if rated else "return"

    def _forget_steps(self, number: int) -> None:
        """Delete the stored steps of runs that are not gone on with: most of their size."""
        for job in self._jobs(number):
            shutil.rmtree(RunDirectory(job.path).checkpoints / "replay", ignore_errors=True)

    def _title(self, trials: Sequence[int]) -> str:
        best = self._study.completed()[:1]
        said = f", best so far {self._study.value(best[0]):.3f} (trial {best[0]})" if best else ""
        return f"trials {trials[0]} to {trials[-1]} of {self._plan.trials}{said}"
