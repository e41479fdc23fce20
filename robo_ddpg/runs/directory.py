"""The directory of a training run."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError


class RunDirectory:
    """Where a run keeps its configuration, metrics, checkpoint, controller and videos."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.metrics = path / "metrics.csv"
        self.tensorboard = path / "tensorboard"
        self.checkpoint = path / "checkpoint"
        self.controller = path / "controller.safetensors"
        self.curve = path / "learning_curve.png"
        self.evaluation = path / "evaluation.json"
        self.episodes = path / "evaluation.csv"
        self.robustness = path / "robustness.json"
        self.report = path / "report.html"
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
            if not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir())):
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
        """Make the directory, or empty it of an earlier run.

        Args:
            force: whether an earlier run may be replaced.

        Raises:
            OutputDirectoryError: something else is there, or it cannot be made.
        """
        self.check(force=force)
        try:
            if self.path.exists() and any(self.path.iterdir()):
                shutil.rmtree(self.path)
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise OutputDirectoryError(
                f"cannot use {self.path}: {reason}; name a place that can be written"
            ) from None

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
        for needed in (run.config, run.checkpoint):
            if not needed.exists():
                raise OutputDirectoryError(
                    f"{path} is not a run to resume: it has no {needed.name}"
                )
        return run

    def read_config(self) -> dict[str, Any]:
        """The configuration the run was started with.

        Raises:
            OutputDirectoryError: it is damaged.
        """
        try:
            return dict(json.loads(self.config.read_text()))
        except (OSError, ValueError) as error:
            raise OutputDirectoryError(f"{self.config} cannot be read: {error}") from None
