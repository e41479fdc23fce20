"""What a sweep does, kept beside its trials so that the same command goes on with it."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robo_ddpg.errors import OutputDirectoryError, SettingsError, UnreadableFile
from robo_ddpg.files import write_json
from robo_ddpg.many.sweep.space import Parameter, check_parameters
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.training.settings import TrainSettings

FILE_NAME = "sweep.json"
ROUND = 4
"""Trials that are asked for together: they follow from those of earlier rounds."""


@dataclass(frozen=True)
class SweepPlan:
    """Which settings are tried how often."""

    settings: TrainSettings
    """All of them; those that are varied, and the seed, do not count."""
    parameters: tuple[Parameter, ...]
    """What is varied."""
    trials: int = 40
    """How many settings are tried; a sweep that had ended goes on if there are more."""
    seeds: int = 2
    """Seeds of each trial, from 0 on."""
    confirm: int = 5
    """Fresh seeds that the best trial is trained on at the end."""
    sampler: str = "tpe"
    """`tpe` (Bergstra et al. 2011) or `random`."""
    seed: int = 0
    """Of the draws of settings."""

    def __post_init__(self) -> None:
        """Check counts, and that the parameters can be varied."""
        for name, least in (("trials", 1), ("seeds", 1), ("confirm", 0), ("seed", 0)):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if self.sampler not in ("tpe", "random"):
            raise SettingsError(f"sampler must be tpe or random, got {self.sampler}")
        if not self.parameters:
            raise SettingsError("nothing is varied: give --parameters FILE or --vary NAME=LOW:HIGH")
        check_parameters(self.parameters, self.settings)

    def to_json(self) -> dict[str, Any]:
        """As JSON-compatible values."""
        return dict(json.loads(json.dumps(dataclasses.asdict(self))))

    def keep(self, directory: Path) -> None:
        """Write it beside its trials, or see that it is the same.

        Raises:
            OutputDirectoryError: another sweep is there, or something else.
        """
        path = directory / FILE_NAME
        if path.exists():
            self._compare(path)
        elif any(entry.name != ".lock" for entry in directory.iterdir()):
            raise OutputDirectoryError(
                f"{directory} is not empty; name another directory with --out"
            )
        write_json(self.to_json(), path)

    def _compare(self, path: Path) -> None:
        try:
            there = read_json(path)
        except (OSError, UnreadableFile) as error:
            raise OutputDirectoryError(f"{path} cannot be read: {error}") from None
        here = self.to_json()
        names = sorted({*here, *there} - {"trials", "confirm"})
        differ = [name for name in names if here.get(name) != there.get(name)]
        if differ:
            raise OutputDirectoryError(
                f"{path.parent} holds another sweep, with other {', '.join(differ)}; name another "
                "directory with --out"
            )
