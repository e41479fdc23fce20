"""Golden runs: this machine reproduces them, and a difference is told as what it is."""

import dataclasses
from pathlib import Path

import pytest

import tasks
from robo_ddpg.golden import run
from robo_ddpg.golden.known import Known, here, known, remember, verdict
from robo_ddpg.golden.run import Golden, golden_run

RUNS = {"reach": Golden("states", "weights"), "grasp": Golden("more states", "more weights")}
HERE = Known({"mujoco": "4.0.0"}, "x86_64 AVX2 AMD", RUNS)


def with_run(name: str, **changes: str) -> Known:
    runs = RUNS | {name: dataclasses.replace(RUNS[name], **changes)}
    return dataclasses.replace(HERE, runs=runs)


def test_what_blas_is_told_to_compute_for_belongs_to_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(run.CORE, raising=False)
    own = run.machine()
    monkeypatch.setenv(run.CORE, "Haswell")
    assert run.machine() == f"{own} Haswell"


def test_this_machine_reproduces_the_golden_runs() -> None:
    place = Known(run.versions(), run.machine(), {}).where
    if place not in [each.where for each in known()]:
        pytest.skip(f"no golden run is known for {place}")
    told = verdict(here(), known())
    assert told.reproduced, told.text


def test_a_run_of_every_task_is_known_somewhere() -> None:
    complete = [each for each in known() if each.runs.keys() == {*tasks.names()}]
    assert complete, "after a change of tasks: python scripts/golden.py --record"


def test_a_run_is_the_same_again() -> None:
    assert golden_run.__wrapped__("reach") == golden_run("reach")


def test_another_seed_is_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    before = golden_run("reach")
    monkeypatch.setattr(run, "SEED", 8)
    after = golden_run.__wrapped__("reach")
    assert after.trajectory != before.trajectory
    assert after.weights != before.weights


def test_the_same_bits_are_said_to_be_the_same() -> None:
    told = verdict(HERE, [HERE])
    assert told.reproduced
    assert (
        told.text == "bit-identical to the golden run in 2 tasks (mujoco 4.0.0 on x86_64 AVX2 AMD)"
    )


def test_physics_that_changed_is_told_apart_from_arithmetic_that_did() -> None:
    physics = verdict(with_run("grasp", trajectory="else", weights="else"), [HERE])
    assert physics.reproduced is False
    assert physics.text.startswith("the physics of grasp is another than in the golden run, with")
    arithmetic = verdict(with_run("reach", weights="else"), [HERE])
    assert arithmetic.reproduced is False
    assert arithmetic.text.startswith("what is learned of reach is another, from the same states")


def test_where_nothing_is_known_the_nearest_is_named() -> None:
    there = dataclasses.replace(with_run("reach", weights="else"), machine="arm64")
    told = verdict(
        HERE, [there, dataclasses.replace(with_run("reach", trajectory="else"), machine="x")]
    )
    assert told.reproduced is None
    assert "no golden run is known for mujoco 4.0.0 on x86_64 AVX2 AMD" in told.text
    assert "of 2 tasks 2 move and 1 learn to the bit as with mujoco 4.0.0 on arm64" in told.text
    assert verdict(HERE, []).reproduced is None


def test_what_is_remembered_replaces_what_was_known_of_the_same_place(tmp_path: Path) -> None:
    path = tmp_path / "golden.json"
    other = dataclasses.replace(HERE, machine="arm64")
    for each in (HERE, other, with_run("reach", weights="new")):
        remember(each, path)
    assert known(path) == [other, with_run("reach", weights="new")]
