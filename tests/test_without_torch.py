"""A machine that only runs controllers needs neither PyTorch nor TensorBoard."""

import importlib
import os
import pkgutil
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.errors import SettingsError

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "evaluate": "evaluate reach --episodes 2",
    "record": "record reach --out film.mp4 --episodes 1 --width 96 --height 64 --episode-s 0.2",
    "train": "train reach --out run",
}


class Without(PathFinder):
    """Finds neither."""

    @classmethod
    def find_spec(cls, name: str, *where: Any) -> Any:
        return None if name in ("torch", "tensorboard") else super().find_spec(name, *where)


def main() -> None:
    """In a process of its own: which modules cannot be imported, and how commands end."""
    sys.meta_path[sys.meta_path.index(PathFinder)] = Without
    import robo_ddpg
    from robo_ddpg.cli import doctor_checks
    from robo_ddpg.cli.app import main

    for module in pkgutil.walk_packages(robo_ddpg.__path__, "robo_ddpg."):
        if not module.name.endswith("__main__"):
            try:
                importlib.import_module(module.name)
            except (ModuleNotFoundError, SettingsError):
                say("needs", module.name)
    for name, command in COMMANDS.items():
        say("ends", name, main(command.split()))
    for check in (doctor_checks.check_torch(), doctor_checks.check_golden()):
        say("doctor", check.ok, check.detail)


def say(*words: object) -> None:
    print(*words, flush=True)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of that process."""
    ended = subprocess.run(
        [sys.executable, __file__],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout.splitlines()


def test_nothing_but_what_learns_imports_them(said: list[str]) -> None:
    needing = [line.split()[1] for line in said if line.startswith("needs ")]
    assert {name.split(".")[1] for name in needing} == {"agent", "golden", "training"}


def test_controllers_are_evaluated_and_filmed_and_training_says_what_it_needs(
    said: list[str],
) -> None:
    ends = dict(line.split()[1:] for line in said if line.startswith("ends "))
    assert ends == {"evaluate": "0", "record": "0", "train": "2"}
    assert (
        "robo-ddpg: training needs PyTorch and TensorBoard: pip install 'robo-ddpg[train]'" in said
    )


def test_the_doctor_finds_no_fault_in_it(said: list[str]) -> None:
    found = [line for line in said if line.startswith("doctor ")]
    assert len(found) == 2 and all(line.startswith("doctor True ") for line in found)
    assert found[0].endswith("-m pip install 'robo-ddpg[train]'")


if __name__ == "__main__":
    main()
