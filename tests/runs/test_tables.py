"""Tables come back as they went, and a damaged one names its line."""

from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.runs.tables import read_rows, write_rows
from robo_ddpg.runs.training_log import read_metrics


def test_rows_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write_rows([{"a": 1, "b": None}, {"a": 2, "b": "x"}], path)
    assert path.read_text().splitlines() == ["a,b", "1,", "2,x"]
    with pytest.raises(ValueError, match="fields not in fieldnames"):
        write_rows([{"a": 1}, {"c": 2}], path)
    assert path.read_text().startswith("a,b")
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"]


def test_a_place_that_cannot_be_written_is_named() -> None:
    with pytest.raises(OutputDirectoryError, match=r"cannot write /proc/nowhere/rows\.csv"):
        write_rows([{"a": 1}], Path("/proc/nowhere/rows.csv"))


def test_numbers_truth_and_gaps_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write_rows([{"a": 1, "b": True, "c": None}, {"a": -0.5, "b": False, "c": 1e-9}], path)
    first, second = read_rows(path)
    assert first == {"a": 1.0, "b": 1.0, "c": None}
    assert second == {"a": -0.5, "b": 0.0, "c": 1e-9}


def test_a_table_that_does_not_exist_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "none.csv", required=("a",)) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"training_s,transitions\n1,2\n3,x4\n", r"line 3: .*transitions, got 'x4'"),
        (b"training_s,transitions\n1\n", r"line 2: expected 2 values"),
        (b"training_s,transitions\n1,2,3\n", r"line 2: expected 2 values"),
        (b"training_s\n1\n", r"line 1: there is no column transitions"),
        (b"", r"no column training_s"),
        (b"training_s,transitions\n\xff,1\n", r"metrics\.csv, line"),
    ],
    ids=["a word", "too few", "too many", "no column", "empty", "not text"],
)
def test_damaged_metrics_name_their_file_and_line(
    content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)
    with pytest.raises(OutputDirectoryError, match=message) as caught:
        read_metrics(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
