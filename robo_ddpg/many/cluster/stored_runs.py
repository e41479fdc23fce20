"""Making a run whose directory is nowhere but in a storage."""

import json
import tempfile
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError, RoboDDPGError, in_one_line
from robo_ddpg.many.cluster.storage import Storage, StoredRun
from robo_ddpg.many.seeds.job import Job, carry_on
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs.directory import NEWEST, RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import configuration


def make_stored_run(job: dict[str, Any], uri: str, name: str) -> str | None:
    """Make a run, or go on with it, in a process of Ray's.

    Args:
        job: from `Job.to_json`; its path does not count.
        uri: of the storage.
        name: of the run there.

    Returns:
        What went wrong; None if it is in good order.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="robo-ddpg-") as directory:
            made = Job(Job.from_json(job).settings, Path(directory, "run"))
            _make(made, StoredRun(Storage(uri), name, made.path))
    except RoboDDPGError as error:
        return in_one_line(error)
    except OSError as error:
        return f"{uri}: {in_one_line(error)}"
    return None


def _make(job: Job, kept: StoredRun) -> None:
    kept.claim()
    kept.pull()
    check_same(job)
    try:
        carry_on(job, _Keeping(kept))
    finally:
        kept.push()


def check_same(job: Job) -> None:
    """Refuse to go on with a run of other settings.

    Raises:
        OutputDirectoryError: one is there.
    """
    run = RunDirectory(job.path)
    wanted = json.loads(json.dumps(configuration(job.settings)["settings"]))
    if run.config.exists() and read_json(run.config).get("settings") != wanted:
        raise OutputDirectoryError("the storage holds a run of other settings by this name")


class _Keeping(SilentProgress):
    """Keeps a run in its storage whenever it was evaluated or saved."""

    def __init__(self, kept: StoredRun) -> None:
        self._kept = kept
        self._seen = self._state()

    def update(self, done: float, row: Row) -> None:
        """Nothing writes the directory while this is called."""
        state = self._state()
        if state != self._seen:
            self._kept.push()
            self._seen = state

    def _state(self) -> list[int]:
        run = RunDirectory(self._kept.path)
        paths = (run.metrics, run.checkpoints / NEWEST)
        return [path.stat().st_mtime_ns for path in paths if path.exists()]
