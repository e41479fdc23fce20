"""Command, machine and commit of a result."""

import subprocess
from pathlib import Path

import pytest

from robo_ddpg.process.origin import command, commit, origin


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["/opt/bin/robo-ddpg", "train", "reach"], "robo-ddpg train reach"),
        (["/opt/robo_ddpg/__main__.py", "train", "my file:A"], "robo-ddpg train 'my file:A'"),
        (["my_script.py", "--fast"], "my_script.py --fast"),
        ([""], "''"),
    ],
)
def test_the_command_is_as_it_was_typed(arguments: list[str], said: str) -> None:
    assert command(arguments) == said


def test_the_commit_is_that_of_the_directory(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    (tmp_path / "a").write_text("1")
    for words in (["init", "-q"], ["add", "a"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    found = commit(tmp_path)
    assert found is not None and len(found) == 12


def test_without_git_there_is_no_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert origin().keys() == {"command", "date", "machine"}
