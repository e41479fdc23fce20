"""Importing the package where a user has a package `tasks` too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with a package `tasks`."""
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "__init__.py").write_text("name = 'mine'\n")
    return tmp_path


def ended(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """A script in the folder, where this package is on the path after it."""
    (folder / "script.py").write_text(code)
    return subprocess.run(
        [sys.executable, str(folder / "script.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_folder_tasks_beside_a_script_does_no_harm(folder: Path) -> None:
    said = ended(folder, "import robo_ddpg\nfrom tasks import Reach\nprint(Reach.__module__)")
    assert (said.stderr, said.stdout) == ("", "tasks.arm.reach\n")


def test_after_an_import_of_the_other_one_it_is_said_what_to_do(folder: Path) -> None:
    last = ended(folder, "import tasks\nimport robo_ddpg").stderr.splitlines()[-1]
    assert last.startswith("ImportError: robo_ddpg needs its own package `tasks`, but ")
    assert str(folder / "tasks") in last
    assert last.endswith("import robo_ddpg first, or rename that one")
