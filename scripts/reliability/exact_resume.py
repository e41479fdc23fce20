"""Kill and interrupt a short run of every task, go on, and compare it with one left alone.

Each run is killed some time after a checkpoint, goes on, is asked to stop by SIGTERM, and goes on
again. Metrics, networks, replay buffer and the best controller have to be the same to the bit.
"""

import argparse
import dataclasses
import json
import random
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from kills import Life, result

import tasks
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.checkpoints.store import Checkpoints
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.task_defaults import train_settings

GYMNASIUM = ("Pendulum-v1", "HalfCheetah-v5")
SMALL: dict[str, Any] = {
    "hidden_sizes": (32, 32),
    "batch_size": 32,
    "warmup_transitions": 500,
    "replay_capacity": 4_000,
}
SHORT: dict[str, Any] = {
    "steps": 6_000,
    "simulations": 16,
    "evaluate_every": 1_500,
    "evaluation_episodes": 2,
}
LONGER = 60_000
"""Transitions of what is simulated too quickly to be interrupted otherwise."""
RANDOM: dict[str, Any] = {
    "random_mass": 0.2,
    "random_friction": 0.2,
    "random_strength": 0.2,
    "random_latency_steps": 2,
    "random_push_n": 10.0,
}


def settings_of(name: str) -> TrainSettings:
    """A short run with everything random that there is."""
    if name in tasks.names():
        settings = train_settings(name, agent=SMALL, environment=RANDOM)
        return dataclasses.replace(settings, **SHORT, mastered_times=0)
    longer = SHORT | {"steps": LONGER, "evaluate_every": LONGER // 4}
    return TrainSettings(task=name, agent=AgentSettings(**SMALL), **longer, mastered_times=0)


def goes_on(name: str, place: Path, chance: random.Random) -> str:
    """What differs from a run that was left alone, in words."""
    settings = settings_of(name)
    whole, run = RunDirectory(place / name / "whole"), RunDirectory(place / name / "run")
    if Life(whole, settings=settings).end() != 0:
        return Path(f"{whole.path}.error").read_text()
    for number in (signal.SIGKILL, signal.SIGTERM):
        life = Life(run, settings=settings)
        for _ in range(chance.randint(1, 3)):
            life.wait("d", 600.0)
        life.wait("?", chance.uniform(0.0, 0.3))
        life.signal(number)
        life.end()
        if _finished(run):
            return f"finished before it got {signal.Signals(number).name}: nothing was tried"
    Life(run, settings=settings).end()
    expected, got = result(whole), result(run)
    different = [key for key, value in expected.items() if not np.all(value == got[key])]
    return f"different: {', '.join(different)}" if different else "the same to the bit"


def _finished(run: RunDirectory) -> bool:
    """Whether a run is done, so that going on would train as long again."""
    newest = Checkpoints(run.checkpoints).newest
    return newest is not None and bool(
        json.loads((newest / "progress.json").read_text())["finished"]
    )


def main() -> int:
    """Print a table; the exit code says whether all were the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[*tasks.names(), *GYMNASIUM])
    options = parser.parse_args()
    chance, found = random.Random(0), []
    with tempfile.TemporaryDirectory(dir=".") as place:
        for name in options.names:
            found.append(goes_on(name, Path(place), chance))
            sys.stdout.write(f"| {name} | {found[-1]} |\n")
            sys.stdout.flush()
    return int(any(text != "the same to the bit" for text in found))


if __name__ == "__main__":
    sys.exit(main())
