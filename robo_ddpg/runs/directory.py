"""The directory of a training run."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import PARTS, remove_leftovers
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs import lock
from robo_ddpg.runs.lock import sole_writer

NEWEST = "newest"
"""Among checkpoints, the file that names the newest."""


class RunDirectory:
    """Where a run keeps its configuration, metrics, checkpoint, controller and videos."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.origin = path / "origin.json"
        self.metrics = path / "metrics.csv"
        self.tensorboard = path / "tensorboard"
        self.checkpoints = path / "checkpoints"
        self.controller = path / "controller.safetensors"
        self.curve = path / "learning_curve.png"
        self.evaluation = path / "evaluation.json"
        self.episodes = path / "evaluation.csv"
        self.robustness = path / "robustness.json"
        self.diagnosis = path / "diagnosis.json"
        self.report = path / "report.html"
        self.profile = path / "profile.txt"
        self.videos = path / "videos"
        self.unstable = path / "unstable"

    @staticmethod
    def default(task: str, seed: int) -> Path:
        """Where a run goes if nobody says where: runs/TASK/seed-SEED."""
        return Path("runs") / re.sub(r"[^\w.-]", "-", task) / f"seed-{seed}"

    def check(self, *, force: bool) -> None:
        """Refuse a place where a new run would overwrite something.

        Args:
            force: whether an earlier run may be replaced.

        Raises:
            OutputDirectoryError: something else is there, or the place cannot be used.
        """
        try:
            if not self.path.exists() or (self.path.is_dir() and not self._content()):
                return
        except OSError as error:
            raise OutputDirectoryError(f"cannot use {self.path}: {error.strerror}") from None
        if not self.path.is_dir():
            raise OutputDirectoryError(f"{self.path} is a file; name a directory")
        if not force:
            raise OutputDirectoryError(
                f"{self.path} is not empty; name another directory with --out, add --force to "
                "replace the run in it, or continue it with --resume"
            )
        if not self.config.exists():
            raise OutputDirectoryError(
                f"{self.path} holds no run (no {self.config.name}), so --force does not delete it"
            )

    def create(self, *, force: bool) -> None:
        """Make the directory, or empty it of an earlier run; its sole writer does that.

        Args:
            force: whether an earlier run may be replaced.

        Raises:
            OutputDirectoryError: something else is there, or it cannot be used.
        """
        self.check(force=force)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for path in sorted(self._content(), key=self.config.__eq__):  # what makes it a run last
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
        except OSError as error:
            raise self._unusable(error) from None

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Be its sole writer; what writers that were killed left half-done goes first.

        Raises:
            OutputDirectoryError: another process is, or the directory cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from None
        with sole_writer(self.path):
            remove_leftovers(self.path)
            yield

    def check_there(self) -> None:
        """Notice if somebody deleted the directory, rather than make a fragment of it anew.

        Raises:
            OutputDirectoryError: it is gone.
        """
        if not self.config.exists():
            raise OutputDirectoryError(f"{self.path} has vanished: nothing more is written to it")

    def remove(self) -> None:
        """Delete the directory and everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """An existing run, to continue.

        Raises:
            OutputDirectoryError: there is none.
        """
        run = cls(path)
        if not run.config.exists():
            raise OutputDirectoryError(
                f"{path} is not a run to resume: it has no {run.config.name}"
            )
        return run

    def read_config(self) -> dict[str, Any]:
        """The configuration the run was started with.

        Raises:
            OutputDirectoryError: it is damaged.
        """
        try:
            return read_json(self.config)
        except (OSError, ValueError) as error:
            raise OutputDirectoryError(f"{self.config} cannot be read: {error}") from None

    def _content(self) -> list[Path]:
        """What is in it, but for marks of a writer and what one that was killed left half-done."""
        paths = self.path.iterdir()
        return [path for path in paths if path.name != lock.NAME and not path.match(PARTS)]

    def _unusable(self, error: OSError) -> OutputDirectoryError:
        reason = error.strerror or error
        return OutputDirectoryError(
            f"cannot use {self.path}: {reason}; name a place that can be written"
        )
