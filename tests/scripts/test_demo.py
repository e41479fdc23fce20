"""`make demo`: what it runs works together, but for the set-up."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORTER = {" train ": " --steps 300", " record ": " --episode-s 0.5 --width 160 --height 120"}


@pytest.mark.slow
def test_its_commands_end_in_a_film(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\ndemo: setup\n")[2].partition("\n\n")[0]
    meant = {
        "$(BIN)/robo-ddpg": f"{sys.executable} -m robo_ddpg",
        "$(DEMO)": f"{tmp_path}/demo",
        "$(CURDIR)/": "",
        "--episodes 200": "--episodes 2",
    }
    for line in recipe.splitlines():
        command = line.strip().lstrip("@")
        for name, value in meant.items():
            command = command.replace(name, value)
        command += "".join(shorter for word, shorter in SHORTER.items() if word in command)
        subprocess.run(command, shell=True, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "demo" / "videos" / "demo.mp4").stat().st_size > 1_000
