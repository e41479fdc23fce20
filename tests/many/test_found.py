"""Runs are found wherever they lie, and a damaged one hides no other."""

from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.many.found import find_runs, look_at
from robo_ddpg.many.groups import groups_of
from robo_ddpg.runs.directory import RunDirectory
from tests.many.made_up import make_run


def test_states_follow_from_what_lies_in_the_directory(tmp_path: Path) -> None:
    make_run(tmp_path / "finished")
    make_run(tmp_path / "interrupted", finished=False)
    running = RunDirectory(make_run(tmp_path / "running", finished=False))
    damaged = RunDirectory(make_run(tmp_path / "damaged"))
    damaged.metrics.write_text("training_s,transitions\n1,many\n")
    with running.writing():
        states = {run.path.name: run.state for run in find_runs([tmp_path])}
    assert states == {name: name for name in states} and len(states) == 4
    assert look_at(running.path).state == "interrupted"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", "{"),
        ("config.json", "[]"),
        ("config.json", '{"settings": {"task": 3}}'),
        ("config.json", '{"settings": {"task": "reach"}}'),
        ("metrics.csv", "training_s\n"),
        ("evaluation.json", "{"),
        ("checkpoints/newest", "3001\n../.."),
        ("checkpoints/3000/progress.json", "{}"),
    ],
)
def test_a_half_written_run_among_good_ones_is_named_and_nothing_is_lost(
    tmp_path: Path, name: str, text: str
) -> None:
    make_run(tmp_path / "a")
    broken = make_run(tmp_path / "b") / name
    broken.write_text(text)
    good, bad = find_runs([tmp_path])
    assert good.state == "finished"
    if name == "checkpoints/newest":
        assert bad.state == "interrupted"
    else:
        assert bad.state == "damaged" and str(tmp_path / "b") in bad.damage


def test_success_and_time_are_those_of_the_files(tmp_path: Path) -> None:
    whole = look_at(make_run(tmp_path / "whole", (0.2, 0.96, 0.99)))
    stopped = look_at(make_run(tmp_path / "stopped", (0.2, 0.9, 0.4), finished=False))
    assert (whole.success, whole.returns, whole.training_s, whole.transitions) == (
        *(0.99, 9.9, 3.0, 3000),
    )
    assert whole.reached(0.95) == 2.0 and whole.reached(0.95, "transitions") == 2000
    assert stopped.success == 0.9 and stopped.reached(0.95) is None


def test_runs_that_differ_only_in_their_seed_are_a_group(tmp_path: Path) -> None:
    for seed in (10, 2):
        make_run(tmp_path / f"seed-{seed}", seed=seed, discount=0.9, critics=2, steps=seed)
    make_run(tmp_path / "other", discount=0.95, critics=2)
    make_run(tmp_path / "third", discount=0.95, critics=2, task="grasp")
    groups = groups_of(find_runs([tmp_path]))
    assert {group.name: [run.seed for run in group.runs] for group in groups} == {
        "reach, discount 0.9": [2, 10],
        "reach, discount 0.95": [0],
        "grasp": [0],
    }


def test_a_place_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputDirectoryError, match="there is no directory"):
        find_runs([tmp_path / "nowhere"])
