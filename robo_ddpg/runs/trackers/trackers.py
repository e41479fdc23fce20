"""All trackers of a run."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from robo_ddpg.errors import SettingsError, UnreadableFile, in_one_line
from robo_ddpg.files import write_json
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.trackers.mlflow_run import open_mlflow
from robo_ddpg.runs.trackers.projects import open_trackio, open_wandb
from robo_ddpg.runs.trackers.tracker import About, Opener, Tracker

FILE_NAME = "trackers.json"
"""In the run directory: what each tracker finds the run by."""
OPENERS: dict[str, Opener] = {"wandb": open_wandb, "trackio": open_trackio, "mlflow": open_mlflow}


def check_installed(names: Sequence[str]) -> None:
    """Refuse trackers that are not there.

    Raises:
        SettingsError: one is unknown, or its package is not installed.
    """
    for name in names:
        if name not in OPENERS:
            raise SettingsError(f"track must be one of {', '.join(OPENERS)}, got {name!r:.40}")
        if importlib.util.find_spec(name) is None:
            raise SettingsError(
                f"--track {name}: it is not installed: pip install 'robo-ddpg[{name}]'"
            )


class Trackers:
    """Tells each of them; one that fails is left out from then on, and training goes on."""

    def __init__(
        self,
        names: Sequence[str],
        path: Path,
        settings: Mapping[str, Any],
        note: Callable[[str], None],
    ) -> None:
        """Begin the run with each of them, or go on with it.

        Args:
            names: of `OPENERS`.
            path: directory of the run.
            settings: everything that defines it, nested.
            note: is told what goes wrong.

        Raises:
            SettingsError: one cannot be reached, or knows nobody by this login.
        """
        self._note = note
        known, about = _known(path / FILE_NAME), About(path, flat(settings))
        self._open: dict[str, Tracker] = {}
        for name in names:
            try:
                self._open[name] = OPENERS[name](about, known.get(name))
            except Exception as error:
                self.close()
                raise SettingsError(f"--track {name}: {in_one_line(error):.300}") from error
        if names:
            found = {name: tracker.id for name, tracker in self._open.items()}
            write_json(found, path / FILE_NAME)

    def log(self, row: Row) -> None:
        """What was measured, as a row of metrics.csv; what was not is left out."""
        values = {name: value for name, value in row.items() if value is not None}
        transitions = int(values.pop("transitions", 0))
        self._tell(lambda tracker: tracker.log(values, transitions))

    def close(self) -> None:
        """Everything is said."""
        self._tell(lambda tracker: tracker.close())
        self._open.clear()

    def _tell(self, what: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._open.items()):
            try:
                what(tracker)
            except Exception as error:
                del self._open[name]
                self._note(f"{name} is told nothing from here on: {in_one_line(error):.300}")


def _known(path: Path) -> dict[str, str]:
    """Name of a tracker -> what it finds the run by; empty if nobody wrote it down."""
    try:
        found = read_json(path)
    except (OSError, UnreadableFile):
        return {}
    return {name: value for name, value in dict(found).items() if isinstance(value, str)}


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by names such as `agent.discount`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
