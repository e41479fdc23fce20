"""Train for an hour with everything on, and draw the memory, files and threads it holds.

A grasp is learned with demonstrations and domain randomisation; every minute there is a checkpoint,
every few seconds an evaluation and a row for metrics.csv and TensorBoard. The replay buffer is
small, so that it is overwritten again and again.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "soak.png"
EVERY_S = 10.0
"""Time between two looks [s]."""
SETTLED_S = 600.0
"""Until then the replay buffer fills, and memory may grow [s]."""
ROBO_DDPG = (sys.executable, "-m", "robo_ddpg")
TRAIN = (
    *("train", "grasp", "--steps", "1000000000", "--no-stop-early", "--evaluate-every", "4000"),
    *("--agent.replay-capacity", "100000", "--environment.random-mass", "0.2"),
    *("--environment.random-friction", "0.2", "--quiet"),
)


class Look(NamedTuple):
    """What a process holds."""

    minutes: float
    """Since its start."""
    memory_mb: float
    """Resident memory."""
    files: int
    """Open descriptors."""
    threads: int
    """Threads."""
    disk_mb: float
    """Size of the run directory."""


def look(pid: int, run: Path, start: float) -> Look:
    """Look at a process, as Linux tells of it."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return Look(
        (time.monotonic() - start) / 60.0,
        int(status["VmRSS"].split()[0]) / 1e3,
        len(os.listdir(f"/proc/{pid}/fd")),
        int(status["Threads"]),
        sum(path.stat().st_size for path in run.rglob("*") if path.is_file()) / 1e6,
    )


def watched(minutes: float, place: Path) -> list[Look]:
    """Train for so long, then ask for the end."""
    run, demonstrations = place / "run", place / "demonstrations"
    collect = ("demonstrate", "grasp", "--episodes", "20", "--out", str(demonstrations))
    subprocess.run((*ROBO_DDPG, *collect), check=True)
    command = (*ROBO_DDPG, *TRAIN, "--demonstrations", str(demonstrations), "--out", str(run))
    looks, start = [], time.monotonic()
    with subprocess.Popen(command) as process:
        while time.monotonic() - start < 60.0 * minutes and process.poll() is None:
            time.sleep(EVERY_S)
            looks.append(look(process.pid, run, start))
        process.send_signal(signal.SIGTERM)
        if process.wait() != 0:
            raise RuntimeError(f"it ended with {process.returncode}")
    print((run / "metrics.csv").read_text().splitlines()[-1])
    return looks


def growth(looks: list[Look], name: str) -> tuple[float, float, float]:
    """Least and most of a quantity once it is settled, and its slope per hour."""
    settled = [one for one in looks if one.minutes * 60.0 >= SETTLED_S] or looks
    values = [float(getattr(one, name)) for one in settled]
    slope = np.polyfit([one.minutes / 60.0 for one in settled], values, 1)[0]
    return min(values), max(values), float(slope)


def draw(looks: list[Look]) -> None:
    """Write the picture."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 5), layout="constrained", sharex=True)
    titles = ("resident memory [MB]", "open files", "threads", "run directory [MB]")
    names = ("memory_mb", "files", "threads", "disk_mb")
    for axis, name, title in zip(axes.flat, names, titles, strict=True):
        axis.plot([one.minutes for one in looks], [getattr(one, name) for one in looks])
        axis.set(title=title)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    for axis in axes[1]:
        axis.set(xlabel="minutes of training and evaluation")
    figure.savefig(OUTPUT, dpi=110)
    plt.close(figure)


def main() -> None:
    """Print what was held, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        looks = watched(options.minutes, Path(place))
    print(f"{'':12}{'least':>10}{'most':>10}{'per hour':>12}")
    for name in ("memory_mb", "files", "threads", "disk_mb"):
        least, most, slope = growth(looks, name)
        print(f"{name:12}{least:10.1f}{most:10.1f}{slope:+12.2f}")
    draw(looks)


if __name__ == "__main__":
    main()
