"""`robo-ddpg evaluate`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from tyro.conf import arg

from robo_ddpg.cli.many.engines import RayPlayers, players
from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import (
    ControllerName,
    File,
    FirstSeed,
    Json,
    OwnTask,
    Python,
    RobotFile,
    Switch,
    hint,
)
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.elsewhere import on_robot
from robo_ddpg.controller import Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation, evaluate
from robo_ddpg.evaluation.in_words import details, sentence
from robo_ddpg.evaluation.spread import Spread, in_turn
from robo_ddpg.files import check_place, write_json
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.tables import write_rows

OTHER_MODEL = (
    "  warning: it was trained with another model (or version of MuJoCo) than the one it was "
    "evaluated with; train it again to compare"
)


EPISODES = 100
"""Of an evaluation, if nobody says otherwise."""


@dataclass(frozen=True)
class EvaluateOptions:
    """Measure a controller: success with its confidence interval, return, safety.

    In a run directory it also writes evaluation.json and evaluation.csv, unless more episodes are
    in them.
    """

    controller: ControllerName
    episodes: Annotated[int | None, arg(help_behavior_hint="(default: 100)")] = None
    """Number of episodes; with --at-least and --width the most, 10,000 if not given."""
    seed: FirstSeed = 20_000
    safety: Literal["on", "off", "both"] = "on"
    """With the safety filter, without it, or both on the same episodes, however the controller
    was trained."""
    at_least: Annotated[float | None, arg(metavar="SHARE", help_behavior_hint=hint)] = None
    """Stop as soon as it is certain whether the success rate is above this share or below it; the
    exit code is 1 unless it is above. Wrong with probability 5 % at most."""
    width: Annotated[float | None, arg(help_behavior_hint=hint)] = None
    """Stop as soon as the success rate is known within an interval of this width."""
    ray: RayPlayers = None
    task: OwnTask = None
    robot: RobotFile = None
    python: Python = None
    json: Json = False
    csv: File = None
    """Write one row per episode to this file."""
    out: File = None
    """Write the statistics to this .json file too."""
    robustness: Switch = False
    """Also try other masses, friction, actuator strength, noise, latency and pushes; writes
    robustness.json and .png into the run directory, else CONTROLLER-robustness.json and .png
    here, or beside the file of --out."""


def run(words: Words) -> bool:
    """Measure a controller: success with its confidence interval, return, safety."""
    options = parse(EvaluateOptions, words, "evaluate")
    controller = Controller.find(options.controller).vouched(options.task, options.python)
    controller = on_robot(controller, options.robot)
    for path in _places(options):
        check_place(path)
    if options.at_least is not None or options.width is not None:
        return _until_certain(controller, options)
    with players(options.ray) as spread:
        _fixed(controller, options, spread)
    return True


def _places(options: EvaluateOptions) -> Iterator[Path]:
    """Where the user wants something written."""
    yield from filter(None, (options.csv, options.out))
    if options.robustness:
        yield _robustness_file(options, RunDirectory(Path(options.controller)))


def _until_certain(controller: Controller, options: EvaluateOptions) -> bool:
    """Returns whether the success rate is certain to be as high as was asked."""
    from robo_ddpg.cli.many.sequential import evaluate_until_certain

    if options.at_least is not None and options.width is not None:
        raise SettingsError("evaluate: both --at-least and --width say when to stop; name one")
    if options.safety == "both" or options.robustness or options.ray is not None:
        raise SettingsError(
            "evaluate: --at-least and --width go without --safety both, --robustness, --ray"
        )
    settings = _safety(controller, options.safety)
    found = evaluate_until_certain(controller, options, settings)
    summary = found.summary()
    if options.json:
        say_json(summary)
    if options.csv is not None:
        write_rows(found.evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    return options.at_least is None or found.verdict == "above"


def _fixed(controller: Controller, options: EvaluateOptions, spread: Spread | None) -> None:
    """A number of episodes that was fixed before."""
    plan: dict[str, Any] = {
        "episodes": _episodes(options),
        "seed": options.seed,
        "spread": spread,
    }
    evaluation = evaluate(controller, **plan, **_safety(controller, options.safety))
    unfiltered = None
    if options.safety == "both":
        unfiltered = evaluate(controller, **plan, safety=False).statistics()
    statistics = evaluation.statistics()
    summary = statistics.to_json()
    if unfiltered is not None:
        summary["without_safety"] = unfiltered.to_json()
    _say(statistics, unfiltered, summary if options.json else None)
    if options.csv is not None:
        write_rows(evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    directory = RunDirectory(Path(options.controller))
    if directory.path.is_dir() and options.safety != "off":
        _keep(summary, evaluation, directory)
    if options.robustness:
        _write_robustness(controller, options, directory, spread or in_turn)
    if directory.config.exists():
        from robo_ddpg.runs.report import write_report

        write_report(directory)


def _say(
    statistics: EvaluationStatistics,
    unfiltered: EvaluationStatistics | None,
    summary: dict[str, Any] | None,
) -> None:
    """As JSON, where there is a summary, or in words."""
    if summary is not None:
        say_json(summary)
        return
    if statistics.safety_filter == "off":
        say("Without the safety filter:")
    _say_statistics(statistics)
    if unfiltered is not None:
        say("Without the safety filter:")
        _say_statistics(unfiltered)


def _keep(summary: dict[str, Any], evaluation: Evaluation, directory: RunDirectory) -> None:
    """Write it into the run directory, unless more episodes are known there."""
    known = _episodes_in(directory)
    if known > summary["episodes"]:
        note(f"{directory.evaluation} keeps its {known} episodes; --out and --csv write these")
        return
    write_json(summary, directory.evaluation)
    write_rows(evaluation.rows(), directory.episodes)


def _episodes_in(directory: RunDirectory) -> int:
    """Of the evaluation in a run directory; 0 if there is none that can be read."""
    try:
        return int(read_json(directory.evaluation)["episodes"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def _episodes(options: EvaluateOptions) -> int:
    return EPISODES if options.episodes is None else options.episodes


def _safety(controller: Controller, mode: str) -> dict[str, Any]:
    """The setting of the task that says whether its actions are filtered.

    Raises:
        SettingsError: the filter shall be off, but the task has none.
    """
    if "safety" in controller.task["settings"]:
        return {"safety": mode != "off"}
    if mode == "on":
        return {}
    name = controller.task["name"]
    raise SettingsError(f"evaluate: {name} has no safety filter; leave out --safety {mode}")


def _write_robustness(
    controller: Controller, options: EvaluateOptions, directory: RunDirectory, spread: Spread
) -> None:
    """Write the result and its picture; what is said goes to standard error."""
    from robo_ddpg.evaluation.robustness import EPISODES as AT_A_POINT
    from robo_ddpg.evaluation.robustness import (
        evaluate_robustness,
        plot_robustness,
        robustness_lines,
    )

    def say_aside(text: str) -> None:
        note(f"robustness: {text}")

    count = min(_episodes(options), AT_A_POINT)
    result = evaluate_robustness(
        controller, episodes=count, seed=options.seed, progress=say_aside, spread=spread
    )
    path = _robustness_file(options, directory)
    write_json(result.to_json(), path)
    plot_robustness(result, path.with_suffix(".png"))
    for line in robustness_lines(result):
        say_aside(line)
    say_aside(f"{path} and .png")


def _robustness_file(options: EvaluateOptions, directory: RunDirectory) -> Path:
    if directory.path.is_dir():
        return directory.robustness
    if options.out is not None:
        return options.out.with_name(f"{options.out.stem}-robustness.json")
    return Path(f"{Path(options.controller).stem}-robustness.json")


def _say_statistics(statistics: EvaluationStatistics) -> None:
    say(sentence(statistics))
    if statistics.model_matches is False:
        say(OTHER_MODEL)
    lines = [*details(statistics)]
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        say(f"  {name:{width}}  {text}")
