"""Filming a controller from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.cli.record import RecordOptions, seeds_to_film
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import Episodes, Evaluation

SMALL = ("--width", "96", "--height", "64", "--episode-s", "0.5")


def test_record_writes_a_video_and_says_where(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    words = ("--episodes", "1", "--out", "film.mp4", "--keep", "kept")
    assert main(["record", "reach", *words, *SMALL]) == 0
    out = capsys.readouterr().out
    assert "41 frames, 1.0 s" in out  # half a second, and the verdict for as long
    assert out.splitlines()[-1].endswith("film.mp4")
    assert (here / "film.mp4").stat().st_size > 1000
    assert [path.name for path in (here / "kept").iterdir()] == ["seed-20000.npz"]


def test_programs_read_what_was_filmed(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    words = ("--episodes", "1", "--seed", "5", "--no-overlay", "--json")
    assert main(["record", "reach", *words, *SMALL]) == 0
    film = json.loads(capsys.readouterr().out)
    assert 0 < film.pop("returns")[0] < 10
    assert film == {
        "path": "reach.mp4",
        "frames": 21,  # of half a second; only the overlay shows a verdict after it
        "seconds": 0.525,
        "seeds": [5],
        "solved": [False],
    }
    assert (here / "reach.mp4").exists()


def test_failures_are_filmed_before_successes(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds, solved = 50 + np.arange(4), np.array([True, False, True, False])
    lengths = np.full(4, 50)
    tried = Evaluation("reach", "", 50, Episodes(seeds, np.ones(4), lengths, solved, None, ~solved))
    monkeypatch.setattr("robo_ddpg.cli.record.evaluate", lambda *_, **__: tried)
    options = RecordOptions("reach", episodes=3, seed=50, failures_first=True)
    assert seeds_to_film(Controller.find("reach"), options) == [51, 53, 50]


def test_without_opengl_a_video_is_refused_with_the_way_out() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "robo_ddpg", "record", "reach", "--episodes", "1"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MUJOCO_GL": "glfw", "DISPLAY": ""},
    )
    if process.returncode == 0:
        pytest.skip("another backend stood in")
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "MUJOCO_GL" in process.stderr or "install" in process.stderr
