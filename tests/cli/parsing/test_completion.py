"""Pressing Tab: what a real shell offers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from robo_ddpg.cli.app import COMMANDS, main
from robo_ddpg.controller import shipped


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash."""
    import contextlib

    path = tmp_path_factory.mktemp("shell") / "completion.sh"
    with path.open("w") as file, contextlib.redirect_stdout(file):
        assert main(["completion", "bash"]) == 0
    return path


def offered(script: Path, *words: str) -> list[str]:
    """What bash offers when Tab is pressed after the last of these words."""
    line = " ".join(f"'{word}'" for word in words)
    asked = (
        f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _robo_ddpg; echo "${{COMPREPLY[@]}}"'
    )
    command = ["bash", "-c", f"source {script}; {asked}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_bash_completes_commands_tasks_options_and_controllers(script: Path) -> None:
    assert offered(script, "robo-ddpg", "") == [*COMMANDS]
    assert offered(script, "robo-ddpg", "eva") == ["evaluate"]
    assert offered(script, "robo-ddpg", "train", "rea") == ["reach", "reach-sparse"]
    assert offered(script, "robo-ddpg", "train", "reach", "--agent.disc") == ["--agent.discount"]
    assert "--environment.tolerance-m" in offered(script, "robo-ddpg", "train", "reach", "--env")
    assert offered(script, "robo-ddpg", "evaluate", "")[: len(shipped())] == shipped()
    assert offered(script, "robo-ddpg", "compare", "reach", "gra") == ["grasp", "grasp-any"]
    assert offered(script, "robo-ddpg", "doctor", "--j") == ["--json"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_their_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "--agent.discount" in text and "evaluate" in text
    if shutil.which(shell):
        subprocess.run([shell, "-c", text], check=True, capture_output=True)
