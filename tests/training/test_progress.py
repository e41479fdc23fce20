"""The display while training runs."""

import io
import sys
import types
from typing import Any

import pytest

from robo_ddpg.runs.tables import Row
from robo_ddpg.training.progress import (
    NotebookProgress,
    PlainProgress,
    Seldom,
    SilentProgress,
    make_progress,
)
from tests.screen import screen

ROW: Row = {
    "elapsed_s": 10.0,
    "left_s": 3930.0,
    "transitions": 1_234_567.0,
    "steps_per_s": 12_345.0,
    "updates_per_s": 771.0,
    "episode_return": -1234.56,
    "episode_success": 0.5,
    "evaluation_success": 0.987,
    "critic_loss": 0.0123,
    "q": -3.25,
}
SHOWN = [
    "elapsed 10 s",
    "left 1 h 5 min",
    "transitions 1,234,567",
    "steps/s 12,345",
    "updates/s 771",
    "return -1234.56",
    "success 50 %",
    "evaluated 98.7 %",
    "critic loss 0.0123",
    "Q -3.25",
]


def test_where_there_is_no_terminal_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    progress = make_progress("train reach")
    assert isinstance(progress, PlainProgress)
    progress.update(0.25, ROW)
    progress.update(0.26, ROW)
    progress.note("mastered")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["train reach   25 %  " + "  ".join(SHOWN), "mastered"]


def test_what_is_not_known_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    make_progress("train reach").update(0.0, {"elapsed_s": 0.4, "left_s": None})
    assert capsys.readouterr().err == "train reach    0 %  elapsed 0 s\n"


def test_an_evaluation_that_goes_on_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    make_progress("train reach").update(1.0, {"elapsed_s": 60.0, "evaluating_s": 125.0})
    assert "elapsed 1 min 0 s  evaluating 2 min 5 s\n" in capsys.readouterr().err


def test_lines_come_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    seldom, due = Seldom(), []
    for second in range(3601):
        now = float(second)
        if seldom.is_due():
            due.append(second)
    assert due[:4] == [0, 5, 10, 15]
    assert 30 < len(due) < 80
    assert due[-1] - due[-2] > 200


def test_quiet_shows_nothing() -> None:
    assert type(make_progress("train reach", quiet=True)) is SilentProgress


class Terminal(io.StringIO):
    """In place of standard error."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, width: int, kind: str = "xterm") -> Terminal:
    """Standard error is one from here on."""
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


@pytest.mark.parametrize("width", [80, 60])
def test_on_a_terminal_every_label_stands_beside_its_value(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = on_a_terminal(monkeypatch, width)
    with make_progress(f"train {'my_package.my_module:' * 3}Env") as progress:
        progress.update(0.25, ROW)
        progress.note("a note")
        progress._live.refresh()  # type: ignore[attr-defined]
        note, title, bar, *below = screen(terminal.getvalue(), width)
    assert (note, title[:9], bar[-5:]) == ("a note", "train my_", " 25 %")
    assert "   ".join(below).split("   ") == SHOWN
    assert max(map(len, (title, bar, *below))) <= width


def test_nothing_of_it_is_left_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch, 80)
    with pytest.raises(KeyboardInterrupt), make_progress("train reach") as progress:
        progress.update(0.25, ROW)
        progress.note("interrupted")
        progress._live.refresh()  # type: ignore[attr-defined]
        raise KeyboardInterrupt
    written = terminal.getvalue()
    assert screen(written, 80) == ["interrupted"]
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1, "the cursor is back"


def test_a_terminal_that_cannot_redraw_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch, 80, "dumb")
    with make_progress("train reach") as progress:
        progress.update(0.25, ROW)
    assert "elapsed 10 s" in terminal.getvalue()
    assert "\x1b" not in terminal.getvalue()


def test_a_notebook_gets_plain_lines_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    class Handle:
        def update(self, bundle: Any, *, raw: bool) -> None:
            assert raw
            shown.append(bundle)

    def display(bundle: Any, *, raw: bool, display_id: bool) -> Handle:
        assert raw and display_id
        shown.append(bundle)
        return Handle()

    module = types.ModuleType("IPython.display")
    module.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr("robo_ddpg.training.progress.NOTEBOOK_INTERVAL_S", 0.0)
    progress = make_progress("train reach")
    assert isinstance(progress, NotebookProgress)
    with progress:
        progress.update(0.25, ROW)
        progress.update(0.5, ROW)
    texts = [bundle.pop("text/plain") for bundle in shown]
    assert [text.splitlines()[0] for text in texts] == ["train reach  25 %", "train reach  50 %"]
    assert all(words in texts[1] for words in SHOWN)
    assert "\x1b" not in texts[1] and not any(shown)
