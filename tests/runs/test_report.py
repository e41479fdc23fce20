"""The report is one file that opens anywhere and shows what was measured."""

import re
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.recording.video import write_video
from robo_ddpg.runs.charts import Line, histogram, line_chart, ticks
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.training_log import write_rows
from tests.browser import browser

METRICS = """training_s,transitions,evaluation_return,evaluation_success,q_gap
1.5,4000,3.2,0.1,
3.0,8000,30.5,0.97,-0.5
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """A run directory with everything a training leaves, and a video."""
    run = RunDirectory(tmp_path_factory.mktemp("runs") / "mine <&> yours")
    run.path.mkdir()
    run.write_json(
        "config.json", {"settings": {"task": "reach", "seed": 3}, "versions": {"a": "1"}}
    )
    run.metrics.write_text(METRICS)
    evaluation = evaluate(Controller.find("reach"), episodes=8)
    run.write_json("evaluation.json", evaluation.summary())
    write_rows(evaluation.rows(), run.path / "evaluation.csv")
    ramp = np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3)
    write_video(run.videos / "a.mp4", (np.roll(ramp, i, axis=1) for i in range(40)), fps=20)
    return run


def test_the_report_shows_what_was_measured(run: RunDirectory) -> None:
    text = write_report(run).read_text()
    for expected in ("100.0 %", "Learning", "Safety ledger", "joint acceleration", "<video"):
        assert expected in text
    assert "mine &lt;&amp;&gt; yours" in text
    assert text.count("<svg") >= 8


def test_the_report_loads_nothing_from_elsewhere(run: RunDirectory) -> None:
    text = write_report(run).read_text()
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    assert "<script" not in text and "http" not in text


def test_a_run_without_evaluation_and_videos_still_has_a_report(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_json("config.json", {"settings": {"task": "reach"}, "versions": {}})
    text = write_report(run).read_text()
    assert "Set-up" in text and "<video" not in text


def test_what_was_not_measured_is_a_dash(run: RunDirectory, tmp_path: Path) -> None:
    other = RunDirectory(tmp_path)
    other.write_json("config.json", {"settings": {}, "versions": {}})
    nothing = dict.fromkeys(("success_rate", "success_low", "success_high", "safety", "violations"))
    numbers = dict.fromkeys(("return_mean", "return_iqm", "return_low", "return_high"), 1.0)
    summary = {"episodes": 2, "seed": 0, **nothing, **numbers, "energy_j_median": None}
    other.write_json("evaluation.json", summary)
    text = write_report(other).read_text()
    assert text.count("<td>–</td>") >= 2  # noqa: RUF001
    assert "Safety ledger" not in text


def test_a_directory_without_a_run_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(OutputDirectoryError, match=r"config\.json"):
        write_report(RunDirectory(tmp_path))


def test_it_opens_in_a_browser_on_a_screen_and_on_a_phone(
    run: RunDirectory, tmp_path: Path
) -> None:
    page = write_report(run).resolve().as_uri()
    with browser() as window:
        for width, height in ((1200, 900), (390, 844)):
            window.open(page, width, height)
            window.wait_for(
                "(async () => { const v = document.querySelector('video');"
                " await v.play(); return v.videoWidth === 64 && v.currentTime > 0; })()"
            )
            assert window.evaluate("document.documentElement.scrollWidth") <= width
            assert window.screenshot(tmp_path / "page.png").stat().st_size > 20_000
        assert window.complaints == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0.2, 1.1, [0.2, 0.4, 0.6, 0.8, 1.0]),
        (-1.2, 0.1, [-1.0, -0.5, 0.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_charts_of_equal_values_have_a_range() -> None:
    assert "nan" not in line_chart([Line("a", [1.0], [0.0])], "x", "y")
    assert "<rect" in histogram([3.0, 3.0], "x")
