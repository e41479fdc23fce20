"""Metrics of a run as files."""

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.summary.writer import event_file_writer

from robo_ddpg.runs.diagnosis.finding import Finding
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import (
    COLUMNS,
    Position,
    TrainingLog,
    read_metrics,
)
from tests.runs.examples import STATISTICS

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
    events = EventAccumulator(str(directory / "tensorboard")).Reload()
    return [(event.step, event.value) for event in events.Scalars("evaluation/return")]


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


def test_tensorboard_has_tags_in_groups_and_the_final_evaluation(tmp_path: Path) -> None:
    row: Row = dict.fromkeys(COLUMNS, 1.0) | {"safety_torque": 0.5, "violation_hand_speed": 0.0}
    with TrainingLog(tmp_path / "metrics.csv", tmp_path / "tensorboard") as log:
        log.write(row)
        log.conclude(STATISTICS)
    tags = set(EventAccumulator(str(tmp_path / "tensorboard")).Reload().Tags()["scalars"])
    assert {tag.split("/")[0] for tag in tags} == {
        *("train", "evaluation", "safety", "speed", "diagnosis"),
    }
    expected = (
        "train/critic_loss evaluation/final_success safety/torque safety/violation_hand_speed"
    )
    assert tags >= {*expected.split(), "speed/steps_per_s", "evaluation/return", "train/return"}
    assert len(tags) == len(row) - 1 + 2


def test_tensorboard_shows_findings_as_texts(tmp_path: Path) -> None:
    with TrainingLog(tmp_path / "metrics.csv", tmp_path / "tensorboard") as log:
        log.tell([Finding("slow targets", [], "They crawl.", since=4_000)], transitions=8_000)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    (event,) = events.Tensors("diagnosis/slow targets/text_summary")
    assert (event.step, event.tensor_proto.string_val[0]) == (
        8_000,
        b"since 4,000 transitions: They crawl.",
    )


def test_tensorboard_has_the_settings_as_hyperparameters_once(tmp_path: Path) -> None:
    place = (tmp_path / "metrics.csv", tmp_path / "tensorboard")
    settings = {"seed": 3, "minutes": None, "agent": {"discount": 0.9, "sizes": (4, 4)}}
    with TrainingLog(*place, settings=settings) as log:
        log.write(ROWS[0])
        kept = log.position()
    with TrainingLog(*place, kept, settings=settings) as log:
        log.write(ROWS[1])
    starts = [
        HParamsPluginData.FromString(value.metadata.plugin_data.content).session_start_info.hparams
        for path in place[1].iterdir()
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
        if value.tag == "_hparams_/session_start_info"
    ]
    (values,) = starts
    assert values["seed"].number_value == 3
    assert values["agent.discount"].number_value == 0.9
    assert values["agent.sizes"].string_value == "(4, 4)"
    assert values["minutes"].string_value == "None"
