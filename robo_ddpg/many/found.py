"""Which runs lie below a directory, and how each of them is doing."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from robo_ddpg.errors import OutputDirectoryError, UnreadableFile
from robo_ddpg.process.locks import is_held
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.reading.plain_file import read_bytes
from robo_ddpg.runs import lock
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import read_metrics

State = Literal["running", "finished", "interrupted", "damaged"]

MOST_NAME = 40
"""Bytes in the name of a checkpoint."""
DEEPEST = 6
"""Levels of directories below the one that is searched."""


@dataclass(frozen=True)
class FoundRun:
    """A run as its directory tells of it; what is not known is None or empty."""

    path: Path
    """Its directory."""
    state: State
    """`running` while a process writes it, `finished` once its budget was used up or its task
    mastered, `interrupted` if it can be resumed, `damaged` if something in it cannot be read."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Setting -> value, those of agent and environment as `agent.discount`."""
    rows: tuple[Row, ...] = ()
    """Of metrics.csv."""
    evaluation: dict[str, Any] = field(default_factory=dict)
    """Content of evaluation.json."""
    damage: str = ""
    """What cannot be read."""

    @property
    def task(self) -> str | None:
        """Name of its task."""
        return self.settings.get("task")

    @property
    def seed(self) -> int | None:
        """Its seed."""
        return self.settings.get("seed")

    @property
    def success(self) -> float | None:
        """Success rate: of the evaluation at the end, or the best one in training."""
        return self._score("success_rate", "evaluation_success")

    @property
    def returns(self) -> float | None:
        """Mean return, likewise."""
        return self._score("return_mean", "evaluation_return")

    @property
    def training_s(self) -> float | None:
        """Training time [s]."""
        return self.rows[-1].get("training_s") if self.rows else None

    @property
    def transitions(self) -> int | None:
        """Transitions collected."""
        return int(self.rows[-1]["transitions"] or 0) if self.rows else None

    def reached(self, share: float, column: str = "training_s") -> float | None:
        """Where an evaluation in training first had this success rate.

        Args:
            share: success rate.
            column: what is asked for: `training_s`, `transitions` or `updates`.
        """
        reaching = (row for row in self.rows if (row.get("evaluation_success") or 0.0) >= share)
        return next((row.get(column) for row in reaching), None)

    def _score(self, final: str, column: str) -> float | None:
        score = self.evaluation.get(final)
        if isinstance(score, int | float):
            return float(score)
        known = [value for row in self.rows if (value := row.get(column)) is not None]
        return max(known, default=None)


def find_runs(places: Sequence[Path]) -> list[FoundRun]:
    """The runs in directories, or below them, in order of their paths.

    Args:
        places: directories of runs, or directories with runs somewhere below.

    Raises:
        OutputDirectoryError: a place is no directory.
    """
    paths = dict.fromkeys(path for place in places for path in _run_paths(place))
    return [look_at(path) for path in paths]


def look_at(path: Path) -> FoundRun:
    """One run; whatever cannot be read makes it a damaged one, and no error."""
    run = RunDirectory(path)
    found = FoundRun(path, "damaged")
    try:
        found = dataclasses.replace(found, settings=_settings(run))
        found = dataclasses.replace(found, rows=tuple(read_metrics(run.metrics)))
        evaluation = _json(run.evaluation) if run.evaluation.exists() else {}
        return dataclasses.replace(found, evaluation=evaluation, state=_state(run))
    except (OutputDirectoryError, UnreadableFile) as error:
        return dataclasses.replace(found, damage=" ".join(str(error).split()))


def _run_paths(place: Path, depth: int = 0) -> Iterator[Path]:
    """What is in a run belongs to it, so nothing is looked for there."""
    if not place.is_dir():
        raise OutputDirectoryError(f"there is no directory {place}; name a run, or where runs are")
    if RunDirectory(place).config.exists():
        yield place
    elif depth < DEEPEST:
        inner = (path for path in sorted(place.iterdir(), key=_by_number) if path.is_dir())
        for path in inner:
            if not path.is_symlink():
                yield from _run_paths(path, depth + 1)


def _by_number(path: Path) -> tuple[str, int, str]:
    """`seed-2` before `seed-10`."""
    stem, _, number = path.name.rpartition("-")
    return (stem, int(number), "") if number.isdecimal() else (path.name, -1, "")


def _settings(run: RunDirectory) -> dict[str, Any]:
    settings = _json(run.config).get("settings")
    if not isinstance(settings, dict) or not isinstance(settings.get("task"), str):
        raise OutputDirectoryError(f"{run.config} does not give the settings of a run")
    if not isinstance(settings.get("seed"), int):
        raise OutputDirectoryError(f"{run.config} names no seed")
    parts = {name: settings.pop(name, None) for name in ("agent", "environment")}
    inner = (
        (f"{part}.{name}", value)
        for part, values in parts.items()
        if isinstance(values, dict)
        for name, value in values.items()
    )
    return settings | dict(inner)


def _state(run: RunDirectory) -> State:
    if is_held(run.path / lock.NAME):
        return "running"
    return "finished" if is_finished(run) else "interrupted"


def is_finished(run: RunDirectory) -> bool:
    """Whether a run used up its budget or mastered its task, as its newest checkpoint says.

    Raises:
        UnreadableFile: the checkpoint is damaged.
    """
    try:
        name = read_bytes(run.checkpoints / "newest", MOST_NAME).decode(errors="replace")
        return read_json(run.checkpoints / Path(name).name / "progress.json")["finished"] is True
    except FileNotFoundError:
        return False
    except (KeyError, ValueError) as error:
        raise UnreadableFile(f"{run.checkpoints} cannot be read: {error}") from None


def _json(path: Path) -> dict[str, Any]:
    try:
        return read_json(path)
    except OSError as error:
        raise OutputDirectoryError(f"{path} cannot be read: {error.strerror}") from None
    except UnreadableFile as error:
        raise OutputDirectoryError(f"{path} cannot be read: {error}") from None
