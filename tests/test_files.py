"""Files are whole or absent, and what cannot be written is named."""

import errno
import os
from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import check_place, write_json


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


def test_a_full_disk_is_named_with_the_file_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, __: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OutputDirectoryError) as caught:
        write_json({}, tmp_path / "x.json")
    path = tmp_path / "x.json"
    said = f"cannot write {path}: No space left on device; make room there, or name another place"
    assert str(caught.value) == said
    assert not list(tmp_path.iterdir())


def test_a_place_is_tried_without_leaving_anything_in_it(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    check_place(path)
    assert not list(tmp_path.iterdir())
    path.write_text("{}")
    check_place(path)
    assert path.read_text() == "{}"


def test_a_place_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "x.json"):
        with pytest.raises(OutputDirectoryError, match=f"cannot write {path}: "):
            check_place(path)
