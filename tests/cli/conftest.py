"""An empty working directory for every command, and how refusals are read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main

Refusal = Callable[..., str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Runs a command and returns the one line that it refuses with, exit code 2."""

    def refused(*words: str) -> str:
        capsys.readouterr()
        code = main(words)
        captured = capsys.readouterr()
        assert code == 2, captured
        assert captured.out == ""
        assert captured.err.count("\n") == 1, captured.err
        assert captured.err.startswith("robo-ddpg: ")
        return captured.err

    return refused
