"""Files are opened only where they are files, and without waiting."""

import os
from pathlib import Path

import pytest

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.plain_file import is_plain, read_bytes


def test_a_file_and_a_link_to_it_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("a")
    assert read_bytes(tmp_path / "a", 3) == read_bytes(tmp_path / "link", 3) == b"abc"
    assert is_plain(tmp_path / "a")
    assert not is_plain(tmp_path / "link")


def test_what_is_larger_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with pytest.raises(UnreadableFile, match="3 bytes, at most 2"):
        read_bytes(tmp_path / "a", 2)


def test_a_pipe_a_device_a_directory_and_a_loop_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "loop"):
        with pytest.raises(UnreadableFile):
            read_bytes(path, 10)
    with pytest.raises(UnreadableFile, match="null"):
        read_bytes("a\0b", 10)


def test_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "nothing", 10)
