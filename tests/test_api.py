"""The three things people do, as functions."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import robo_ddpg
from robo_ddpg.errors import OutputDirectoryError, SettingsError, UnknownEnvironmentError

SHORT: dict[str, Any] = {
    "steps": 2_500,
    "evaluate_every": 2_500,
    "environment": {"episode_s": 0.5, "tolerance_m": 0.05},
    "agent": {"warmup_transitions": 500, "hidden_sizes": (16, 16)},
    "quiet": True,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> robo_ddpg.Run:
    return robo_ddpg.train("reach", seed=3, out=tmp_path_factory.mktemp("runs") / "a", **SHORT)


def test_training_gives_a_controller_with_its_metrics_and_evaluation(run: robo_ddpg.Run) -> None:
    assert run.controller.metadata["training"]["seed"] == 3
    assert run.controller.task["settings"]["tolerance_m"] == 0.05
    assert run.controller.metadata["agent"]["hidden_sizes"] == [16, 16]
    assert run.metrics[-1]["transitions"] == run.controller.metadata["training"]["transitions"]
    assert run.evaluation.summary()["episodes"] == 200
    assert (run.path / "report.html").exists()


def test_what_was_trained_is_evaluated_compared_and_filmed(
    run: robo_ddpg.Run, tmp_path: Path
) -> None:
    evaluation = robo_ddpg.evaluate(run.controller, episodes=4)
    assert evaluation.summary()["episodes"] == 4
    assert robo_ddpg.evaluate(str(run.path), episodes=4).summary() == evaluation.summary()
    comparison = robo_ddpg.compare(run.path, run.controller, episodes=4)
    assert comparison.summary()["return_difference"] == 0.0
    film = robo_ddpg.record(run.path, tmp_path / "film.gif", episodes=1, width=96, height=64)
    assert film.height == 64 and film.width > 96, "the panel stands beside the picture"
    assert film.path.stat().st_size > 0


def test_the_same_seed_gives_the_same_controller_again_in_one_process(
    run: robo_ddpg.Run, tmp_path: Path
) -> None:
    again = robo_ddpg.train("reach", seed=3, out=tmp_path / "b", **SHORT).controller
    for name, tensor in run.controller.tensors.items():
        assert (again.tensors[name] == tensor).all(), name


def test_it_can_be_called_from_a_thread(run: robo_ddpg.Run, tmp_path: Path) -> None:
    runs: list[robo_ddpg.Run] = []

    def work() -> None:
        runs.append(robo_ddpg.train("reach", seed=3, out=tmp_path / "c", **SHORT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert runs[0].metrics[-1]["evaluation_return"] == run.metrics[-1]["evaluation_return"]


@pytest.mark.slow
def test_it_can_be_called_inside_a_running_event_loop(tmp_path: Path) -> None:
    async def cell() -> robo_ddpg.Run:
        return robo_ddpg.train("reach", seed=3, out=tmp_path / "d", **SHORT)

    assert asyncio.run(cell()).controller.observation_size > 0


@pytest.mark.slow
def test_it_is_silent_by_request_and_shows_progress_otherwise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    robo_ddpg.train("Pendulum-v1", out=tmp_path / "e", **_pendulum(quiet=True))
    assert capfd.readouterr() == ("", "")
    robo_ddpg.train("Pendulum-v1", out=tmp_path / "f", **_pendulum(quiet=False))
    out, err = capfd.readouterr()
    assert out == ""
    assert "train Pendulum-v1" in err
    assert "100 %" in err


def _pendulum(*, quiet: bool) -> dict[str, Any]:
    return {"steps": 512, "evaluate_every": 512, "quiet": quiet}


def test_torch_keeps_its_threads(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        robo_ddpg.train("Pendulum-v1", out=tmp_path / "g", **_pendulum(quiet=True))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"task": "reech"}, UnknownEnvironmentError, "did you mean 'reach'"),
        ({"agent": {"discunt": 0.9}}, SettingsError, "discunt"),
        ({"agent": {"discount": 1.5}}, SettingsError, "discount"),
        ({"environment": {"tolerance": 0.1}}, SettingsError, "tolerance"),
        ({"preset": "ppo"}, SettingsError, "available: default, td3, ddpg-2015"),
        ({"steps": 0}, SettingsError, "steps must be positive"),
        ({"out": "README.md"}, OutputDirectoryError, "is a file"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(
    arguments: dict[str, Any],
    error: type[Exception],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(error, match=said):
        robo_ddpg.train(**({"task": "reach", "quiet": True} | arguments))
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_every_public_name_is_there() -> None:
    for name in robo_ddpg.__all__:
        assert getattr(robo_ddpg, name).__doc__
        assert name in dir(robo_ddpg)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = robo_ddpg.no_such_name


def test_importing_the_package_imports_no_physics_and_no_networks() -> None:
    heavy = ("mujoco", "torch", "matplotlib", "tyro", "rich")
    program = f"import robo_ddpg, sys; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
