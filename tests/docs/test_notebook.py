"""The notebook runs from top to bottom, and holds no output that could grow stale."""

import functools
import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import robo_ddpg
from tests.docs.pages import ROOT

CELLS = json.loads((ROOT / "docs" / "first-run.ipynb").read_text())["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
SMALL = {
    "train": {"steps": 64, "simulations": 8, "evaluate_every": 64, "quiet": True},
    "evaluate": {"episodes": 2},
    "record": {"episodes": 1, "width": 96, "height": 64, "episode_s": 0.2},
    "compare": {"episodes": 2},
}
"""Function -> arguments that suit a test."""


@pytest.fixture
def jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, small budgets, and a stand-in for what shows videos."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("robo_ddpg.training.trainer.write_pages", lambda *_: None)
    for name, small in SMALL.items():
        monkeypatch.setattr(robo_ddpg, name, smaller(getattr(robo_ddpg, name), small))
    display: Any = types.ModuleType("IPython.display")
    display.Video = lambda path, *, embed: (Path(path).stat().st_size, embed)
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", display)


def smaller(function: Any, small: dict[str, Any]) -> Any:
    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        return function(*given, **named | small)

    return called


@pytest.mark.slow
def test_it_trains_evaluates_and_films(jupyter: None) -> None:
    cells: dict[str, Any] = {"__name__": "__main__"}
    for text in CODE:
        exec(compile(text, "first-run.ipynb", "exec"), cells)
    assert len(cells["evaluation"].episodes.returns) == 2
    assert Path("reach.mp4").stat().st_size > 0


def test_it_holds_no_output() -> None:
    for cell in CELLS:
        assert not cell.get("outputs") and cell.get("execution_count") is None
    assert len({cell["id"] for cell in CELLS}) == len(CELLS)
