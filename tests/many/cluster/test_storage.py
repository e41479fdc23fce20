"""Runs in an object store: a directory, and PyArrow's own stand-in."""

from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.many.cluster.storage import Storage, StoredRun
from robo_ddpg.many.cluster.stored_runs import make_stored_run
from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.task_defaults import train_settings

pytest.importorskip("pyarrow")

TINY: dict[str, Any] = {"steps": 64, "simulations": 8, "evaluate_every": 64}


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(f"file://{tmp_path}/store")


def job(path: Path, seed: int = 0) -> Job:
    return Job(train_settings("reach", **TINY, seed=seed, environment={"episode_s": 0.2}), path)


def stored(storage: Storage, path: Path) -> StoredRun:
    run = StoredRun(storage, "a/run", path)
    run.claim()
    return run


def test_what_is_pushed_is_what_is_pulled_elsewhere(storage: Storage, tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "checkpoints").mkdir(parents=True)
    (here / "checkpoints" / "newest").write_bytes(b"7-1")
    (here / "metrics.csv").write_bytes(b"a\n")
    (here / ".lock").write_bytes(b"")
    run = stored(storage, here)
    run.push()
    (here / "metrics.csv").unlink()
    (here / "config.json").write_bytes(b"{}")
    run.push()
    StoredRun(storage, "a/run", tmp_path / "there").pull()
    found = {p.relative_to(tmp_path / "there") for p in (tmp_path / "there").rglob("*.*")}
    assert {str(path) for path in found} == {"config.json"}
    assert (tmp_path / "there" / "checkpoints" / "newest").read_bytes() == b"7-1"


def test_the_newest_checkpoint_is_named_last(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("newest", "zz/agent", "9-1/agent"):
        (tmp_path / "run" / "checkpoints" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / "checkpoints" / name).write_text(name)
    run, written = stored(storage, tmp_path / "run"), []
    monkeypatch.setattr(storage, "write", lambda name, _: written.append(name))
    run.push()
    assert len(written) == 3 and written[-1] == "a/run/checkpoints/newest"


def test_a_writer_that_was_thought_dead_stops(storage: Storage, tmp_path: Path) -> None:
    first, second = stored(storage, tmp_path / "one"), stored(storage, tmp_path / "two")
    second.push()
    with pytest.raises(OutputDirectoryError, match="another process"):
        first.push()


def test_a_name_that_leads_out_is_refused(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.write("outside", b"x")
    monkeypatch.setattr(storage, "names", lambda _: ["../../outside"])
    with pytest.raises(OutputDirectoryError, match="leads out"):
        StoredRun(storage, "a/run", tmp_path / "run").pull()


@pytest.mark.parametrize("uri", ["nowhere", "ftp://host/place", "file:///proc/nothing/here"])
def test_what_is_no_storage_is_one_line(uri: str) -> None:
    with pytest.raises(SettingsError, match="cannot write to"):
        Storage(uri)


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(SettingsError, match="pip install 'robo-ddpg\\[cluster\\]'"):
        Storage("file:///tmp")


def test_a_run_made_in_a_storage_is_the_run_made_here(storage: Storage, tmp_path: Path) -> None:
    from robo_ddpg.many.seeds.job import carry_on

    made, name = job(tmp_path / "plain"), "a/run"
    carry_on(made, SilentProgress())
    assert make_stored_run(made.to_json(), storage.uri, name) is None
    copy = tmp_path / "copy"
    StoredRun(storage, name, copy).pull()
    assert look_at(copy).state == "finished"
    same = "checkpoints/64-1/agent.safetensors"
    newest = (copy / "checkpoints" / "newest").read_text()
    assert newest == (made.path / "checkpoints" / "newest").read_text(), same
    agent = f"checkpoints/{newest}/agent.safetensors"
    assert (copy / agent).read_bytes() == (made.path / agent).read_bytes()
    assert make_stored_run(made.to_json(), storage.uri, name) is None  # nothing left to do
    other = job(tmp_path / "other", seed=1)
    said = make_stored_run(other.to_json(), storage.uri, name)
    assert said is not None and "other settings" in said
