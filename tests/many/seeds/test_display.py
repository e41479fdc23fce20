"""The display while several runs are made."""

import io

import pytest
from rich.console import Console

from robo_ddpg.many.seeds.display import LiveManyProgress

ROW = {
    "steps_per_s": 12_345.0,
    "episode_success": 1.0,
    "evaluation_success": 0.987,
    "episode_return": -1234.5,
}


@pytest.mark.parametrize("width", [80, 60])
def test_figures_of_every_run_are_legible(width: int) -> None:
    progress = LiveManyProgress("train reach", ["seed-0", "seed-10"])
    progress.states[0] = "ended"
    progress.update(1, 0.25, ROW)
    console = Console(file=io.StringIO(), width=width)
    console.print(progress)
    title, first, second, *below = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert title == "train reach"
    assert first.split()[0] == "seed-0" and first.split()[-3:] == ["100", "%", "ended"]
    assert second.split()[0] == "seed-10" and second.split()[-3:] == ["25", "%", "running"]
    figures = ["steps/s 12,345", "success 100 %", "evaluated 98.7 %", "return -1234.50"]
    assert "   ".join(line.strip() for line in below).split("   ") == figures
    assert max(map(len, below)) <= width
