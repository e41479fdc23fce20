"""Directories of runs, made up in an instant."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory

HEAD = "training_s,transitions,updates,evaluation_return,evaluation_success\n"


def make_run(
    path: Path,
    success: Sequence[float] = (0.0, 0.5, 1.0),
    *,
    seed: int = 0,
    finished: bool = True,
    task: str = "reach",
    steps: int = 3000,
    **agent: Any,
) -> Path:
    """A run whose k-th evaluation was after k s, 1000 k transitions, 100 k updates."""
    run = RunDirectory(path)
    path.mkdir(parents=True)
    settings = {"task": task, "seed": seed, "steps": steps, "agent": agent, "environment": {}}
    write_json({"settings": settings}, run.config)
    lines = (f"{k},{1000 * k},{100 * k},{10 * y},{y}\n" for k, y in enumerate(success, start=1))
    run.metrics.write_text(HEAD + "".join(lines))
    if finished:
        write_json({"finished": True}, run.checkpoints / "3000" / "progress.json")
        (run.checkpoints / "newest").write_text("3000")
        final = {"success_rate": success[-1], "return_mean": 10 * success[-1]}
        write_json(final, run.evaluation)
    return path
