"""`robo-ddpg push`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg import hub
from robo_ddpg.cli.output import note, say
from robo_ddpg.cli.parsing.fields import Switch
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import FILE_NAME, Controller
from robo_ddpg.errors import OutputDirectoryError, RoboDDPGError
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.model_card import model_card


@dataclass(frozen=True)
class PushOptions:
    """Share a run's controller on the Hugging Face Hub, with its evaluation, film and card.

    Others use it as hf:OWNER/NAME wherever a controller is named.
    """

    run: Annotated[Path, Positional, arg(metavar="RUN")]
    """Directory of the run."""
    name: Annotated[str, Positional, arg(metavar="OWNER/NAME")]
    """Repository on the Hub, made if there is none."""
    private: Switch = False
    """Make it a private one."""


def run(words: Words) -> None:
    """Share a run's controller on the Hugging Face Hub, with its evaluation, film and card."""
    options = parse(PushOptions, words, "push")
    place = hub.HubName.parse(options.name)
    files = _files(RunDirectory(options.run), place)
    done = hub.publish(place, files, private=options.private)
    say(f"{', '.join(files)}: https://huggingface.co/{place.repository}")
    say(f"robo-ddpg evaluate {done}")


def _files(run: RunDirectory, place: hub.HubName) -> dict[str, bytes | Path]:
    """Name there -> what is uploaded."""
    if not run.config.exists():
        raise OutputDirectoryError(f"{run.path} is no run: it has no {run.config.name}")
    Controller.load(run.controller)
    config = run.read_config()
    evaluation = _evaluation(run)
    films = sorted(run.videos.glob("*.mp4"))
    if evaluation is None:
        note(f"without an evaluation; robo-ddpg evaluate {run.path} makes one")
    if not films:
        note(f"without a film; robo-ddpg record {run.path} makes one")
    film = films[0].name if films else None
    try:
        settings, versions = config["settings"], config["versions"]
        card = model_card(place.repository, settings, versions, evaluation, film)
    except (KeyError, TypeError) as error:
        raise OutputDirectoryError(
            f"{run.config} does not give the settings of a run: {error}"
        ) from None
    files: dict[str, bytes | Path] = {"README.md": card.encode(), FILE_NAME: run.controller}
    files[run.config.name] = run.config
    files |= {path.name: path for path in (run.evaluation, run.episodes) if path.exists()}
    return files | ({film: films[0]} if film else {})


def _evaluation(run: RunDirectory) -> EvaluationStatistics | None:
    try:
        return EvaluationStatistics.from_json(read_json(run.evaluation))
    except FileNotFoundError:
        return None
    except (RoboDDPGError, KeyError, TypeError) as error:
        raise OutputDirectoryError(f"{run.evaluation} cannot be read: {error}") from None
