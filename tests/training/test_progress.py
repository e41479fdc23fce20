"""The display while training runs."""

import sys
import types
from typing import Any

import pytest

from robo_ddpg.training.progress import (
    NotebookProgress,
    PlainProgress,
    SilentProgress,
    make_progress,
)

ROW = {"training_s": 10.0, "steps_per_s": 1234.0, "evaluation_success": 0.5}


def test_where_there_is_no_terminal_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    progress = make_progress("train reach")
    assert isinstance(progress, PlainProgress)
    progress.update(0.25, dict(ROW))
    progress.update(0.26, dict(ROW))
    progress.note("mastered")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "train reach   25 %  steps/s 1,234  evaluated 50.0 %  left 30 s",
        "mastered",
    ]


def test_quiet_shows_nothing() -> None:
    assert type(make_progress("train reach", quiet=True)) is SilentProgress


def test_a_notebook_gets_the_display_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    class Handle:
        def update(self, drawn: Any) -> None:
            shown.append(drawn)

    def display(drawn: Any, *, display_id: bool) -> Handle:
        assert display_id
        shown.append(drawn)
        return Handle()

    module = types.ModuleType("IPython.display")
    module.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    progress = make_progress("train reach")
    assert isinstance(progress, NotebookProgress)
    with progress:
        progress.update(0.25, dict(ROW))
        progress.update(0.5, dict(ROW))
    assert len(shown) == 2
    text = "".join(shown[1]._repr_mimebundle_((), ()).values())
    assert "train reach" in text
    assert "1,234" in text
