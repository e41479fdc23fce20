"""The script that makes the virtual environment, with Pythons that are stand-ins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup_venv.sh"
PYTHON = """#!/usr/bin/env bash
case "$*" in
  "-m venv --clear "*)
    rm -rf "$4"
    mkdir -p "$4/bin"
    [ "{name}" != unable ] || exit 1
    cp "$0" "$4/bin/python" ;;
  *sys.version*) echo {name} ;;
esac
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two Pythons, one that can make no environment, and what the script needs besides."""
    for name in ("bash", "rm", "mkdir", "cp", "touch"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name in ("one", "other", "unable"):
        (tmp_path / name).write_text(PYTHON.format(name=name))
        (tmp_path / name).chmod(0o755)
    return tmp_path


def set_up(place: Path, python: str) -> int:
    command = [str(place / "bash"), str(SCRIPT), str(place / python), str(place / "venv")]
    return subprocess.run(
        command, env={**os.environ, "PATH": str(place)}, capture_output=True, check=False
    ).returncode


def made_by(place: Path) -> str:
    python = place / "venv" / "bin" / "python"
    return python.read_text().partition("echo ")[2].split()[0] if python.exists() else ""


def test_an_environment_is_made_once(place: Path) -> None:
    assert set_up(place, "one") == 0 and made_by(place) == "one"
    (place / "venv" / "installed").touch()
    assert set_up(place, "one") == 0
    assert (place / "venv" / "installed").exists()


def test_another_python_after_a_set_up_that_failed_starts_anew(place: Path) -> None:
    set_up(place, "one")
    (place / "venv" / "installed").touch()
    assert set_up(place, "other") == 0 and made_by(place) == "other"
    assert not (place / "venv" / "installed").exists()


def test_a_finished_environment_and_one_of_the_users_own_stay(place: Path) -> None:
    set_up(place, "one")
    (place / "venv" / ".begun").unlink()
    assert set_up(place, "other") == 0 and made_by(place) == "one"


def test_a_python_that_makes_no_environment_leaves_none_behind(place: Path) -> None:
    assert set_up(place, "unable") == 1
    assert not (place / "venv").exists()
    assert set_up(place, "one") == 0 and made_by(place) == "one"


def test_a_python_that_is_not_there_takes_nothing_away(place: Path) -> None:
    (place / "venv").mkdir()
    (place / "venv" / "mine").touch()
    assert set_up(place, "missing") != 0
    assert (place / "venv" / "mine").exists()
