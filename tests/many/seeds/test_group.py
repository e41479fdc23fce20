"""Several seeds by one command: each as if it were alone, and none touched by another's failure."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import robo_ddpg
from robo_ddpg.cli.app import main
from robo_ddpg.cli.many import engines
from robo_ddpg.controller import Controller
from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.display import ManyProgress, PlainManyProgress
from robo_ddpg.many.seeds.engine import Watcher
from robo_ddpg.many.seeds.group import default_directory, resume_seeds
from robo_ddpg.many.seeds.job import Job, carry_on
from robo_ddpg.many.seeds.side_by_side import at_once, run_side_by_side
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.task_defaults import train_settings

TINY = "--steps 64 --simulations 8 --evaluate-every 64 --environment.episode-s 0.2 --quiet"


def in_turn(jobs: Sequence[Job], watcher: Watcher, **_: Any) -> list[str | None]:
    """An engine that makes runs in this process."""
    for index, job in enumerate(jobs):
        carry_on(job, SilentProgress())
        watcher.ended(index, None)
    return [None] * len(jobs)


@pytest.mark.slow
def test_seeds_of_one_command_lie_in_one_directory_and_what_did_not_end_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        engines, "run_side_by_side", lambda *job, wanted, **how: in_turn(*job, **how)
    )
    assert main(["train", "reach", "--seeds", "3", "4", *TINY.split()]) == 0
    group = tmp_path / "runs/reach/seeds-3-to-4"
    assert {path.name for path in group.iterdir()} == {
        *("seed-3", "seed-4", "group.json", "table.md", "report.html"),
        *("curves-transitions.png", "curves-time.png"),
    }
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        *("seed", "3", "4", "2", "report"),
    ]
    kept = (group / "seed-3" / "metrics.csv").stat().st_mtime_ns
    shutil.rmtree(group / "seed-4")
    assert main(["train", "--resume", str(group), "--quiet"]) == 0
    assert (group / "seed-3" / "metrics.csv").stat().st_mtime_ns == kept
    assert look_at(group / "seed-4").state == "finished"


@pytest.mark.slow
def test_each_is_as_if_alone_and_the_failure_of_one_leaves_the_others_alone(tmp_path: Path) -> None:
    tiny = {"steps": 64, "simulations": 8, "evaluate_every": 64}
    settings = train_settings("reach", **tiny, environment={"episode_s": 0.2})
    (tmp_path / "blocked").write_text("a file")
    jobs = [Job(settings, tmp_path / name) for name in ("blocked", "free")]
    progress = ManyProgress("train", ["blocked", "free"])
    errors = run_side_by_side(jobs, progress, 2)
    assert errors[0] is not None and "blocked" in errors[0]
    assert errors[1] is None and look_at(tmp_path / "free").state == "finished"
    assert progress.states == ["failed", "ended"]
    in_turn([Job(settings, tmp_path / "alone")], ManyProgress("train", ["alone"]))
    together, alone = (Controller.find(tmp_path / name).tensors for name in ("free", "alone"))
    assert all(np.array_equal(together[name], alone[name]) for name in alone)


def test_a_process_that_is_killed_is_named(tmp_path: Path) -> None:
    job = Job(train_settings("reach", steps=10**6), tmp_path / "long")
    killed = []

    def stop(index: int) -> bool:
        killed.append(index)
        return len(killed) == 1  # later on nobody remembers that it was wanted

    (error,) = run_side_by_side([job], ManyProgress("train", ["long"]), stop=stop)
    assert error == "its process was killed by SIGKILL"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--seeds 1 1", "seed 1 is given twice"),
        ("--seeds 0 -1", "seed must not be negative, got -1"),
        ("--seeds 0 1 --jobs 0", "jobs must be positive, got 0"),
        ("--seeds a", "--seeds: expected"),
        ("--ray", "--ray goes with --seeds"),
        ("--storage s3://bucket", "--storage goes with --seeds"),
    ],
)
def test_wrong_seeds_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "reach", *words.split()]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_earlier_runs_are_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "seed-1"
    run.mkdir()
    (run / "config.json").write_text("{}")
    assert main(["train", "reach", "--seeds", "0", "1", "--out", str(tmp_path)]) == 2
    assert f"{run} is not empty" in capsys.readouterr().err
    assert not (tmp_path / "seed-0").exists()


def test_a_directory_is_named_after_its_seeds() -> None:
    assert default_directory("reach", (0, 1, 2, 3, 4)) == Path("runs/reach/seeds-0-to-4")
    assert default_directory("my:Task", (7, 2)) == Path("runs/my-Task/seeds-7-2")


def test_there_are_no_more_at_once_than_are_wanted_or_needed() -> None:
    assert at_once(1) == at_once(5, 1) == 1
    assert at_once(3, 8) == 3


@pytest.mark.parametrize("text", ["{", "{}", json.dumps({"settings": {}, "seeds": [1]})])
def test_a_damaged_group_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "group.json").write_text(text)
    with pytest.raises(OutputDirectoryError, match=r"group\.json"):
        resume_seeds(tmp_path)


def test_one_display_says_how_all_of_them_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = PlainManyProgress("train reach", ["seed 0", "seed 1"])
    progress.update(0, 0.5, {"evaluation_success": 0.25})
    progress.note(0, "the same")
    progress.note(1, "the same")
    progress.ended(1, "it broke")
    assert capsys.readouterr().err.splitlines() == [
        "train reach  seed 0 50 % (evaluated 25.0 %)  seed 1 waiting",
        "seed 0: the same",
        "seed 1 failed: it broke",
    ]


@pytest.mark.slow
def test_the_function_does_what_the_command_does(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"steps": 64, "simulations": 8, "evaluate_every": 64}
    made = robo_ddpg.train_seeds(
        "reach",
        [5],
        out=tmp_path / "seeds",
        environment={"episode_s": 0.2},
        quiet=True,
        jobs=1,
        **settings,
    )
    assert made.errors == {} and [run.seed for run in made.runs] == [5]
    assert (made.path / "table.md").exists()
    with pytest.raises(SettingsError, match="seeds, got 0"):
        robo_ddpg.train_seeds("reach", [])
