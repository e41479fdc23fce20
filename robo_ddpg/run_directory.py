"""The directory of a training run."""

import json
import shutil
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import replacing


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
        self.videos = path / "videos"

    @classmethod
    def create(cls, path: Path, *, force: bool) -> "RunDirectory":
        """Make a new run directory.

        Args:
            path: where.
            force: delete an earlier run that is there.

        Raises:
            OutputDirectoryError: something else is there, or the directory cannot be made.
        """
        run = cls(path)
        try:
            if path.is_dir() and any(path.iterdir()):
                if not force:
                    raise OutputDirectoryError(
                        f"{path} is not empty; name another directory, add --force to replace "
                        "the run in it, or continue it with --resume"
                    )
                if not run.config.exists():
                    raise OutputDirectoryError(
                        f"{path} holds no run (no {run.config.name}), so --force does not delete it"
                    )
                shutil.rmtree(path)
            path.mkdir(parents=True, exist_ok=True)
        except OutputDirectoryError:
            raise
        except OSError as error:
            raise OutputDirectoryError(f"cannot use {path}: {error.strerror or error}") from None
        return run

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

    def write_json(self, name: str, value: dict[str, Any]) -> Path:
        """Write a JSON file into the run directory; whole or not at all."""
        path = self.path / name
        with replacing(path) as part:
            part.write_text(json.dumps(value, indent=2) + "\n")
        return path

    def read_config(self) -> dict[str, Any]:
        """The configuration the run was started with.

        Raises:
            OutputDirectoryError: it is damaged.
        """
        try:
            return dict(json.loads(self.config.read_text()))
        except (OSError, ValueError) as error:
            raise OutputDirectoryError(f"{self.config} cannot be read: {error}") from None
