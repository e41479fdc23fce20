"""Runs as tasks of Ray, with a stand-in of it; the real one is tried by a script."""

import concurrent.futures
import shutil
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.errors import SettingsError
from robo_ddpg.many.cluster.engine import RayEngine, make_run
from robo_ddpg.many.cluster.joining import connected
from robo_ddpg.many.cluster.storage import Storage
from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.display import ManyProgress
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.training.task_defaults import train_settings

TINY: dict[str, Any] = {"steps": 64, "simulations": 8, "evaluate_every": 64}


class StandIn(types.ModuleType):
    """Tasks are made at once, here; the first attempt of each may die."""

    def __init__(self, deaths: int = 0) -> None:
        super().__init__("ray")
        self.deaths, self.options = deaths, dict[str, Any]()
        errors = {"RayError": RuntimeError, "TaskCancelledError": KeyError}
        self.exceptions = types.SimpleNamespace(**errors)

    def remote(self, **options: Any) -> Callable[..., Any]:
        self.options = options

        def task(function: Callable[..., Any]) -> Any:
            def begin(*arguments: Any) -> Any:
                future: concurrent.futures.Future[Any] = concurrent.futures.Future()
                future.set_result(function(*arguments))
                return future

            return types.SimpleNamespace(remote=begin)

        return task

    def wait(self, tasks: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        return tasks[:1], tasks[1:]

    def get(self, task: Any) -> Any:
        if self.deaths:
            raise RuntimeError("the node died")
        return task.result()


def jobs(tmp_path: Path, *names: str) -> list[Job]:
    settings = train_settings("reach", **TINY, environment={"episode_s": 0.2})
    return [Job(settings, tmp_path / name) for name in names]


def test_tasks_say_what_they_take_and_one_failure_leaves_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    ray, progress = StandIn(), ManyProgress("train", ["blocked", "free"])
    errors = RayEngine(ray)(jobs(tmp_path, "blocked", "free"), progress)
    assert ray.options == {"num_cpus": 1, "max_retries": 10}
    assert errors[0] is not None and "blocked" in errors[0] and errors[1] is None
    assert look_at(tmp_path / "free").state == "finished"
    assert progress.states == ["failed", "ended"]


def test_a_task_that_is_begun_again_after_its_end_changes_nothing(tmp_path: Path) -> None:
    (job,) = jobs(tmp_path, "run")
    assert make_run(job.to_json(), str(tmp_path)) is None
    written = (job.path / "controller.safetensors").stat().st_mtime_ns
    assert make_run(job.to_json(), str(tmp_path)) is None
    assert (job.path / "controller.safetensors").stat().st_mtime_ns == written


def test_a_node_that_died_too_often_is_named(tmp_path: Path) -> None:
    (job,) = jobs(tmp_path, "run")
    (error,) = RayEngine(StandIn(deaths=1))([job], ManyProgress("train", ["run"]))
    assert error == "the node died"


def test_runs_in_a_storage_are_copied_here_go_on_there_and_are_forgotten_by_request(
    tmp_path: Path,
) -> None:
    pytest.importorskip("pyarrow")
    (job,) = jobs(tmp_path, "run")
    storage = Storage(f"file://{tmp_path}/store")
    engine = RayEngine(StandIn(), storage)
    assert engine([job], ManyProgress("train", ["run"])) == [None]
    assert look_at(job.path).state == "finished"
    (kept,) = (tmp_path / "store").rglob("controller.safetensors")
    written = kept.stat().st_mtime_ns
    shutil.rmtree(job.path)
    assert engine([job], ManyProgress("train", ["run"])) == [None]
    assert look_at(job.path).state == "finished" and kept.stat().st_mtime_ns == written
    shutil.rmtree(job.path)
    RayEngine(StandIn(), storage, anew=True)([job], ManyProgress("train", ["run"]))
    assert kept.stat().st_mtime_ns != written
    shutil.rmtree(tmp_path / "store")
    assert engine([job], ManyProgress("train", ["run"])) == [None]  # from what is here
    assert next((tmp_path / "store").rglob("controller.safetensors")).stat().st_size


def test_a_storage_that_fails_in_the_end_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    (job,) = jobs(tmp_path, "run")
    storage = Storage(f"file://{tmp_path}/store")

    def fail(*_: object) -> None:
        raise OSError("gone\naway")

    monkeypatch.setattr("robo_ddpg.many.cluster.storage.StoredRun.pull", fail)
    monkeypatch.setattr("robo_ddpg.many.cluster.engine.make_stored_run", lambda *_: None)
    (error,) = RayEngine(StandIn(), storage)([job], ManyProgress("train", ["run"]))
    assert error == f"cannot be copied from file://{tmp_path}/store: gone away"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1"),
        ("somewhere", "named as HOST:PORT, got 'somewhere'"),
    ],
)
def test_a_cluster_that_cannot_be_reached_is_one_line(
    monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setitem(sys.modules, "ray", StandIn())
    with pytest.raises(SettingsError, match=said), connected(address):
        pass


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(SettingsError, match="pip install 'robo-ddpg\\[cluster\\]'"),
        connected(None),
    ):
        pass
