"""`make demo`: what it runs works together, but for the set-up."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHORTER = {" train ": " --steps 300", " record ": " --episode-s 0.5 --width 160 --height 120"}


def test_its_commands_end_in_a_film(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "demo", f"DEMO={tmp_path}/demo", "STAMP=Makefile", "BIN=BIN"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    program = f"{sys.executable} -m robo_ddpg"
    for line in told.splitlines()[-5:]:
        command = line.replace("BIN/robo-ddpg", program).replace("--episodes 200", "--episodes 2")
        for word, shorter in SHORTER.items():
            command += shorter if word in command else ""
        subprocess.run(command, shell=True, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "demo" / "videos" / "demo.mp4").stat().st_size > 1_000
