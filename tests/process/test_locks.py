"""What a process holds, and what it left when it was killed."""

from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import remove_leftovers, replacing
from robo_ddpg.runs.directory import RunDirectory


def test_a_second_writer_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with (
        run.writing(),
        pytest.raises(OutputDirectoryError, match=r"by process \d+ on .+ since 20.*--out"),
        RunDirectory(run.path).writing(),
    ):
        pass


def test_a_lock_that_a_dead_process_left_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text('{"pid": 1, "host": "here", "since": "long ago"}')
    with RunDirectory(tmp_path).writing():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_directory_with_nothing_but_what_a_dead_process_left_is_free(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / ".config.0123abcd.part.json").touch()
    RunDirectory(tmp_path).check(force=False)


def test_leftovers_of_dead_processes_go_and_those_of_live_ones_stay(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / ".film.1.part.mp4").touch()
    with replacing(tmp_path / "evaluation.json") as part:
        part.write_text("{}")
        remove_leftovers(tmp_path)
        assert sorted(tmp_path.rglob("*")) == [part, tmp_path / "videos"]
    assert (tmp_path / "evaluation.json").read_text() == "{}"
