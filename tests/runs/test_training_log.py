"""Metrics of a run as files."""

from pathlib import Path

import pytest
from tensorboard.summary.writer import event_file_writer

from robo_ddpg.runs.training_log import (
    COLUMNS,
    Position,
    TrainingLog,
    read_metrics,
)
from robo_ddpg.training.progress import LiveProgress, PlainProgress, SilentProgress, make_progress

ROWS = [
    {"training_s": 1.5, "transitions": 4000.0, "evaluation_return": 3.0, "q_gap": None},
    {"training_s": 3.0, "transitions": 1234567.0, "evaluation_return": -0.123456789},
]


def write(directory: Path, kept: Position | None = None) -> list[Position]:
    """A log with `ROWS`; how far it was after each of them."""
    with TrainingLog(directory / "metrics.csv", directory / "tensorboard", kept) as log:
        positions = []
        for row in ROWS:
            log.write(row)
            positions.append(log.position())
    return positions


def test_rows_are_read_back_with_gaps_as_none_and_counts_exact(tmp_path: Path) -> None:
    write(tmp_path)
    first, second = read_metrics(tmp_path / "metrics.csv")
    assert tuple(first) == COLUMNS
    assert first["evaluation_return"] == 3.0
    assert first["q_gap"] is None
    assert first["evaluation_success"] is None
    assert second["transitions"] == 1_234_567
    assert second["evaluation_return"] == pytest.approx(-0.123457)


def test_tensorboard_has_the_same_numbers(tmp_path: Path) -> None:
    write(tmp_path)
    assert shown(tmp_path) == [(4000, 3.0), (1_234_567, pytest.approx(-0.123456789))]


def shown(directory: Path) -> list[tuple[int, float]]:
    """Step and value of each point that TensorBoard shows."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(directory / "tensorboard")).Reload()
    return [(event.step, event.value) for event in events.Scalars("evaluation_return")]


def test_a_continued_log_is_cut_back_to_the_point_it_continues_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Within a second files are in the order of this number's text: the 10th comes before the 9th.
    monkeypatch.setattr(event_file_writer, "_global_uid", event_file_writer.AtomicCounter(0))
    first, _ = write(tmp_path)
    write(tmp_path, kept=first)
    rows = read_metrics(tmp_path / "metrics.csv")
    assert [row["transitions"] for row in rows] == [4000, 4000, 1_234_567]
    assert [step for step, _ in shown(tmp_path)] == [4000, 4000, 1_234_567]


def test_a_log_that_begins_anew_keeps_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path)
    assert len(read_metrics(tmp_path / "metrics.csv")) == len(shown(tmp_path)) == 2


def test_columns_of_a_robots_limits_come_as_soon_as_they_are_known(tmp_path: Path) -> None:
    with TrainingLog(tmp_path / "metrics.csv", tmp_path / "tensorboard") as log:
        log.write({"transitions": 1.0, "actor_loss": 0.5})
        log.write({"transitions": 2.0, "safety_workspace": 0.25, "violation_hand_speed": 0.0})
    first, second = read_metrics(tmp_path / "metrics.csv")
    assert tuple(second) == (*COLUMNS, "safety_workspace", "violation_hand_speed")
    assert first["safety_workspace"] is None
    assert second["safety_workspace"] == 0.25
    assert second["violation_hand_speed"] == 0.0


def test_a_log_that_does_not_exist_has_no_rows(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "none.csv") == []


def test_progress_without_a_terminal_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    progress = make_progress("train reach")
    assert isinstance(progress, PlainProgress)
    with progress:
        progress.update(0.25, {"training_s": 10.0, "steps_per_s": 1234.5, "episode_success": 0.5})
        progress.update(0.26, {})
        progress.note("done")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["train reach   25 %  steps/s 1,234  success 50 %  left 30 s", "done"]


def test_progress_says_nothing_when_it_shall_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    progress = make_progress("train reach", quiet=True)
    assert isinstance(progress, SilentProgress)
    with progress:
        progress.update(0.5, {"training_s": 1.0})
        progress.note("done")
    assert capsys.readouterr().err == ""


def test_the_live_display_shows_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    with LiveProgress("train [reach]") as progress:
        progress.update(0.25, {"training_s": 10.0, "evaluation_success": 0.987})
        progress.note("mastered [x]")
    shown = capsys.readouterr().err
    for words in ("train [reach]", "25 %", "98.7 %", "mastered [x]"):
        assert words in shown
