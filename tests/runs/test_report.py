"""The report is one file that opens anywhere and shows what was measured."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.files import write_json
from robo_ddpg.recording.film.video_file import write_video
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.tables import write_rows
from tests.browser import browser
from tests.runs.examples import STATISTICS

METRICS = """training_s,transitions,evaluation_return,evaluation_success,q_gap
1.5,4000,3.2,0.1,
3.0,8000,30.5,0.97,-0.5
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """A run directory with everything a training leaves, and a video."""
    run = RunDirectory(tmp_path_factory.mktemp("runs") / "mine <&> yours")
    run.path.mkdir()
    write_json({"settings": {"task": "reach", "seed": 3}, "versions": {"a": "1"}}, run.config)
    run.metrics.write_text(METRICS)
    evaluation = evaluate(Controller.find("reach"), episodes=8)
    write_json(evaluation.summary(), run.evaluation)
    write_rows(evaluation.rows(), run.episodes)
    ramp = np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3)
    write_video(run.videos / "a.mp4", (np.roll(ramp, i, axis=1) for i in range(40)), fps=20)
    return run


def test_the_report_shows_what_was_measured(run: RunDirectory) -> None:
    text = write_report(run).read_text()
    assert "<td>never</td>" in text and "<td>0 %</td>" not in text
    for expected in ("100.0 %", "Learning", "Safety interventions", "joint acceleration", "<video"):
        assert expected in text
    assert "mine &lt;&amp;&gt; yours" in text
    assert text.count("<svg") >= 8


def test_the_report_says_where_the_run_comes_from(run: RunDirectory) -> None:
    assert "command" not in write_report(run).read_text()
    write_json({"command": "robo-ddpg train <&>", "commit": "0123abc-dirty"}, run.origin)
    text = write_report(run).read_text()
    assert "<td>command</td><td>robo-ddpg train &lt;&amp;&gt;</td>" in text
    assert "<td>commit</td><td>0123abc-dirty</td>" in text
    run.origin.write_text("{")
    assert "command" not in write_report(run).read_text()


def test_the_report_loads_nothing_from_elsewhere(run: RunDirectory) -> None:
    text = write_report(run).read_text()
    assert not re.search(r"(src|href)=\"(?!data:|#)", text)
    assert "<script" not in text and "http" not in text


def test_a_run_without_evaluation_and_videos_still_has_a_report(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    write_json({"settings": {"task": "reach"}, "versions": {}}, run.config)
    text = write_report(run).read_text()
    assert "Set-up" in text and "<video" not in text


def test_what_was_not_measured_is_a_dash(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    write_json({"settings": {}, "versions": {}}, run.config)
    nothing = dataclasses.replace(
        STATISTICS, success=None, safety=None, violations=None, safety_filter=None
    )
    write_json(nothing.to_json(), run.evaluation)
    text = write_report(run).read_text()
    assert "<td>energy [J], median</td><td>–</td>" in text  # noqa: RUF001
    assert "<td>success [%]</td><td>–</td>" in text  # noqa: RUF001
    assert "Safety interventions" not in text


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"task": "reach"}'])
def test_a_damaged_evaluation_is_named(content: str, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    write_json({"settings": {}, "versions": {}}, run.config)
    run.evaluation.write_text(content)
    with pytest.raises(OutputDirectoryError, match=r"evaluation\.json cannot be read") as caught:
        write_report(run)
    assert "\n" not in str(caught.value)


def test_a_directory_without_a_run_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(OutputDirectoryError, match=r"config\.json"):
        write_report(RunDirectory(tmp_path))


@pytest.mark.slow
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
