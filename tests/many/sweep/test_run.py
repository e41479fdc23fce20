"""A sweep chooses, prunes, goes on after a kill, and confirms; runs are made up here."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import write_json
from robo_ddpg.many.seeds.engine import Watcher
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.many.sweep.plan import SweepPlan
from robo_ddpg.many.sweep.run import SweepResult, run_sweep
from robo_ddpg.many.sweep.score import Budget, is_hopeless, lower_bound, score
from robo_ddpg.many.sweep.space import Parameter
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.lock import sole_writer
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.settings import configuration
from robo_ddpg.training.task_defaults import train_settings

BUDGET = Budget("transitions", 4000.0)


def rows(*success: float) -> list[Row]:
    return [{"transitions": 1000.0 * k, "evaluation_success": y} for k, y in enumerate(success, 1)]


def test_a_run_is_worth_the_mean_of_its_evaluations_over_the_budget() -> None:
    assert score(rows(0.0, 1.0, 1.0, 1.0), "success", BUDGET) == pytest.approx(0.625)
    assert score(rows(1.0), "success", BUDGET) == pytest.approx(0.875)  # mastered, held to the end
    assert score(rows(1.0, 1.0), "success", BUDGET, upto=1000.0) == pytest.approx(0.5)
    assert score([], "success", BUDGET) is None


def test_a_trial_is_judged_by_its_worst_seed_not_by_its_luckiest() -> None:
    assert lower_bound([0.9, 0.1]) == 0.1
    assert lower_bound([0.3, 0.2, 0.9]) == pytest.approx(0.2)


def test_what_is_worse_than_half_of_the_trials_at_that_point_is_given_up() -> None:
    ended = [[rows(0.2 * k, 1.0)] for k in range(1, 6)]
    assert is_hopeless(rows(0.5), ended, "success", BUDGET)
    assert not is_hopeless(rows(0.7), ended, "success", BUDGET)
    assert not is_hopeless(rows(0.5), ended[:3], "success", BUDGET)


class FakeEngine:
    """Runs whose success follows from their discount and seed; may be killed after so many."""

    def __init__(self, killed_after: int = 10**9) -> None:
        self.made: list[str] = []
        self._left = killed_after

    def __call__(
        self, jobs: Sequence[Job], watcher: Watcher, *, stop: Callable[[int], bool]
    ) -> list[str | None]:
        for index, job in enumerate(jobs):
            if self._left == 0:
                raise KeyboardInterrupt
            if not job.path.exists():
                self._left -= 1
                self.made.append(f"{job.path.parent.name}/{job.path.name}")
                self._make(job)
            watcher.update(index, 1.0, {"evaluation_return": 1.0})
        return [None] * len(jobs)

    def _make(self, job: Job) -> None:
        run, discount = RunDirectory(job.path), job.settings.agent.discount
        write_json(configuration(job.settings), run.config)
        y = discount - 0.01 * job.settings.seed
        head = "training_s,transitions,evaluation_return,evaluation_success\n"
        lines = (f"{k},{1000 * k},1,{y}\n" for k in range(1, 5))
        run.metrics.write_text(head + "".join(lines))
        write_json({"finished": True}, run.checkpoints / "1" / "progress.json")
        (run.checkpoints / "newest").write_text("1")


def sweep(directory: Path, engine: FakeEngine) -> SweepResult:
    settings = train_settings("reach", steps=4000)
    varied = (Parameter("agent.discount", 0.1, 0.9), Parameter("agent.critics", choices=(1, 2)))
    plan = SweepPlan(settings, varied, trials=10, confirm=2)
    return run_sweep(plan, directory, engine=engine, quiet=True)


def test_a_sweep_that_is_killed_goes_on_to_the_same_result(tmp_path: Path) -> None:
    whole = sweep(tmp_path / "whole", FakeEngine())
    assert whole.best == pytest.approx(0.875 * (whole.values["agent.discount"] - 0.01))
    assert whole.completed and len(whole.completed) < 10  # the others were given up
    expected = [0.875 * (whole.values["agent.discount"] - 0.01 * seed) for seed in (2, 3)]
    assert whole.confirmed == pytest.approx(expected)

    for killed_after in (3, 8, 13):
        place = tmp_path / str(killed_after)
        with pytest.raises(KeyboardInterrupt):
            sweep(place, FakeEngine(killed_after))
        (place / "study.journal.lock").touch()  # as a killed writer leaves it
        again = sweep(place, engine := FakeEngine())
        assert not {*engine.made} & {"trial-0/seed-0", "trial-0/seed-1"}
        assert (again.best, again.values, again.completed) == (
            *(whole.best, whole.values, whole.completed),
        )


def test_the_best_settings_are_a_config_that_train_takes(tmp_path: Path) -> None:
    found = sweep(tmp_path / "sweep", FakeEngine())
    small = "--steps 64 --simulations 8 --environment.episode-s 0.2 --quiet"
    words = ["--config", str(tmp_path / "sweep/best-config.json"), "--out", str(tmp_path / "run")]
    assert main(["train", *words, *small.split()]) == 0
    assert {path.name for path in (tmp_path / "sweep").glob("*.png")} <= {
        *("history.png", "importances.png"),
    }
    assert found.settings is not None
    shutil.rmtree(tmp_path / "sweep")


def test_a_sweep_that_is_being_run_is_not_run_twice(tmp_path: Path) -> None:
    with (
        sole_writer(tmp_path),
        pytest.raises(OutputDirectoryError, match="is being written by process"),
    ):
        sweep(tmp_path, FakeEngine())


def test_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    sweep(tmp_path / "a", FakeEngine())
    journal = tmp_path / "a" / "study.journal"
    journal.write_text("{}\n" + journal.read_text())
    with pytest.raises(OutputDirectoryError, match=r"study\.journal cannot be read"):
        sweep(tmp_path / "a", FakeEngine())
