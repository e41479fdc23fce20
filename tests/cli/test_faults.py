"""What the command line says about environments that fail: a line, and their own traceback."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.cli import tasks as command
from robo_ddpg.cli.app import WRONG_INPUT, main
from tests.faulty import HANGING, RAISING

QUICK = ("--simulations", "2", "--steps", "1000", "--quiet", "--out", "run")


@pytest.fixture(autouse=True)
def _here(in_turn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_an_environment_raises_is_a_line_and_then_its_own_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", RAISING, *QUICK]) == WRONG_INPUT
    line, *trace = capsys.readouterr().err.splitlines()
    assert line.startswith(f"robo-ddpg: {RAISING}, ")
    assert "step 50: ValueError: the spring broke; what was learned from 98 transitions" in line
    assert trace[0] == "Traceback (most recent call last):"
    assert any("faulty.py" in text for text in trace)
    assert trace[-1] == "ValueError: the spring broke"
    assert Path("run", "checkpoints", "newest").is_file()


def test_a_run_whose_environment_hangs_ends_with_one_line(refusal: Callable[..., str]) -> None:
    line = refusal("train", HANGING, *QUICK, "--step-timeout-s", "1")
    assert line.startswith(f"robo-ddpg: {HANGING} hangs: step 400 took more than 1 s and is at ")
    assert line.endswith("what was learned from 798 transitions is in run\n")


@pytest.mark.parametrize("error", [ValueError("a bad number"), OSError("no such mesh")])
def test_what_a_users_own_file_raises_keeps_its_traceback(error: Exception) -> None:
    Path("broken_task.py").write_text(f"raise {error!r}\n")
    sys.modules.pop("broken_task", None)
    with pytest.raises(type(error), match=str(error)) as caught:
        main(["train", "broken_task:Task"])
    assert caught.traceback[-1].path.name == "broken_task.py"


def test_what_numpy_raises_is_no_wrong_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Any) -> None:
        importlib.import_module("numpy").linspace(0, 1, -1)

    monkeypatch.setattr(command, "run", run)
    with pytest.raises(ValueError, match="negative"):
        main(["tasks"])
