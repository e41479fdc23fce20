"""A run to be made or gone on with, wherever that happens."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robo_ddpg.many.found import is_finished
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of


@dataclass(frozen=True)
class Job:
    """One run."""

    settings: TrainSettings
    """What to train."""
    path: Path
    """Directory of the run; one that was begun there goes on."""

    def to_json(self) -> dict[str, Any]:
        """For a worker."""
        return {"config": configuration(self.settings), "path": str(self.path)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Job":
        """What `to_json` gave."""
        return cls(settings_of(values["config"]), Path(values["path"]))


def is_done(job: Job) -> bool:
    """Whether there is nothing left to do.

    Raises:
        UnreadableFile: its checkpoint is damaged.
    """
    return is_finished(RunDirectory(job.path))


def carry_on(job: Job, progress: Progress) -> None:
    """Make the run, or go on with it where it was stopped; nothing if it had ended.

    Args:
        job: the run.
        progress: shows how it goes.

    Raises:
        RoboDDPGError: as `robo_ddpg.training.start.train` and `resume`.
    """
    from robo_ddpg.training import start

    run = RunDirectory(job.path)
    if is_done(job):
        return
    if run.config.exists():
        start.resume(run, progress)
    else:
        start.train(job.settings, run, progress)


def module_path() -> str:
    """Where modules are found here, so that another process finds them; empty entries are here."""
    return os.pathsep.join(path or os.getcwd() for path in sys.path)
