"""The script that asks for the CPU build of PyTorch, where its index answers."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "torch_index.sh"
OPTION = "--extra-index-url https://download.pytorch.org/whl/cpu\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """All that is on the PATH."""
    (tmp_path / "bash").symlink_to(str(shutil.which("bash")))
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(0o755)


def option(place: Path, system: str, answers: bool) -> str:
    """What is printed there, where the probe ends well or not."""
    program(place / "uname", f"echo {system}")
    program(place / "timeout", f'echo "$@" > "{place}/asked"; exit {int(not answers)}')
    return subprocess.run(
        [str(place / "bash"), str(SCRIPT), "python"],
        env={"PATH": f"{place}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_linux_gets_the_cpu_build_from_an_index_that_answers(place: Path) -> None:
    assert option(place, "Linux", answers=True) == OPTION
    asked = (place / "asked").read_text()
    assert asked.startswith("3 python -c ") and "timeout=3" in asked


def test_an_index_that_does_not_answer_is_left_out(place: Path) -> None:
    assert option(place, "Linux", answers=False) == ""


def test_elsewhere_pypi_has_no_cuda_in_it(place: Path) -> None:
    assert option(place, "Darwin", answers=True) == ""
    assert not (place / "asked").exists()
