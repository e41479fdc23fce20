"""Files are whole or absent, and what cannot be written is named."""

from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import write_json


def test_json_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputDirectoryError, match=r"cannot write .*file/x\.json") as caught:
        write_json({}, tmp_path / "file" / "x.json")
    assert "\n" not in str(caught.value)


def test_json_that_is_refused_leaves_the_older_file(tmp_path: Path) -> None:
    path = write_json({"a": 1}, tmp_path / "x.json")
    with pytest.raises(ValueError, match="nan"):
        write_json({"a": float("nan")}, path)
    assert path.read_text() == '{\n  "a": 1\n}\n'
    assert list(tmp_path.iterdir()) == [path]
