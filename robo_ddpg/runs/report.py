"""One page about a run: learning curves, evaluation, safety, robustness, videos."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import jinja2

from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import writing
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs import report_sections as sections
from robo_ddpg.runs.charts import COLOURS
from robo_ddpg.runs.checked_types import check_types
from robo_ddpg.runs.diagnosis.finding import Diagnosis, rows
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.robustness_curves import Robustness
from robo_ddpg.runs.tables import read_rows
from robo_ddpg.runs.training_log import read_metrics

_Content = TypeVar("_Content")


def write_report(run: RunDirectory) -> Path:
    """Write `report.html` into a run directory: one file, nothing else needed to read it.

    Args:
        run: what is missing in it is left out of the report.

    Raises:
        OutputDirectoryError: it holds no run, something in it is damaged, or the file cannot be
            written.
    """
    if not run.config.exists():
        raise OutputDirectoryError(f"{run.path} holds no run: it has no {run.config.name}")
    text = render(run)
    with writing(run.report) as part:
        part.write_text(text, encoding="utf-8")
    return run.report


def render(run: RunDirectory) -> str:
    """The page."""
    config = run.read_config()
    settings, versions = (_object(config, name) for name in ("settings", "versions"))
    statistics = _read(run.evaluation, EvaluationStatistics.from_json)
    robustness = _read(run.robustness, Robustness.from_json)
    diagnosis = _read(run.diagnosis, Diagnosis.from_json)
    return template("report.html").render(
        colours=COLOURS,
        title=f"{settings.get('task', run.path.name)}, seed {settings.get('seed', '?')}",
        name=run.path.name,
        headline=sections.headline(statistics) if statistics else [],
        films=sections.films(run.videos),
        learning=sections.learning(read_metrics(run.metrics)),
        diagnosis=rows(diagnosis.findings) if diagnosis else [],
        evaluation=sections.evaluation(statistics) if statistics else [],
        distributions=sections.distributions(read_rows(run.episodes), statistics),
        interventions=sections.interventions(statistics) if statistics else [],
        violations=sections.violations(statistics) if statistics else [],
        robustness=sections.robustness(robustness) if robustness else [],
        robustness_episodes=robustness.episodes if robustness else 0,
        set_up=[*_known_origin(run).items(), *versions.items()],
        settings=json.dumps(settings, indent=2),
    )


def _known_origin(run: RunDirectory) -> dict[str, str]:
    """Command, date, machine and commit; empty where they were not written down."""
    try:
        return {name: str(value) for name, value in read_json(run.origin).items()}
    except (OSError, ValueError):
        return {}


def _object(config: dict[str, Any], name: str) -> dict[str, Any]:
    value = config.get(name, {})
    if not isinstance(value, dict):
        raise OutputDirectoryError(f"{name} of the run's config.json cannot be {value!r:.40}")
    return value


def template(name: str, *packages: str) -> jinja2.Template:
    """A template of pages, from this package or others that have some."""
    loaders = map(jinja2.PackageLoader, ("robo_ddpg.runs", *packages))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(list(loaders)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _read(path: Path, parse: Callable[[dict[str, Any]], _Content]) -> _Content | None:
    """What a JSON file holds; None if there is none.

    Raises:
        OutputDirectoryError: it is damaged.
    """
    if not path.exists():
        return None
    try:
        content = parse(read_json(path))
        check_types(content)
        return content
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise OutputDirectoryError(
            f"{path} cannot be read ({reason}): evaluate the run again, or delete the file"
        ) from None
