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
from robo_ddpg.envs.guarded import UNLIMITED_STEPS
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.spread import Spread, in_turn
from robo_ddpg.files import write_json
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

    In a run directory it also writes evaluation.json and evaluation.csv.
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
    if options.at_least is not None or options.width is not None:
        return _until_certain(controller, options)
    with players(options.ray) as spread:
        _fixed(controller, options, spread)
    return True


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
    if options.csv is not None:
        write_rows(found.evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    if options.json:
        say_json(summary)
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
    directory = RunDirectory(Path(options.controller))
    if directory.path.is_dir() and options.safety != "off":
        write_json(summary, directory.evaluation)
        write_rows(evaluation.rows(), directory.episodes)
    if options.csv is not None:
        write_rows(evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    if options.robustness:
        _write_robustness(controller, options, directory, spread or in_turn)
    if directory.config.exists():
        from robo_ddpg.runs.report import write_report

        write_report(directory)
    if options.json:
        say_json(summary)
        return
    if options.safety == "off":
        say("Without the safety filter:")
    _say_statistics(statistics)
    if unfiltered is not None:
        say("Without the safety filter:")
        _say_statistics(unfiltered)


def _episodes(options: EvaluateOptions) -> int:
    return EPISODES if options.episodes is None else options.episodes


def sentence(statistics: EvaluationStatistics) -> str:
    """An evaluation in one line."""
    text = f"{statistics.task}: {statistics.episodes} episodes"
    if statistics.success is not None:
        success = statistics.success
        rate, low, high = 100 * success.mean, 100 * success.low, 100 * success.high
        text += f", success {rate:.1f} % (95 % interval {low:.1f} to {high:.1f})"
    text += f", return {statistics.returns.mean:.2f}"
    if statistics.safety_filter is not None:
        text += f", safety filter {statistics.safety_filter}"
    if statistics.cut:
        text += f", {statistics.cut} cut off at {UNLIMITED_STEPS} steps: it has no time limit"
    return text


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
    for name, text in _details(statistics):
        say(f"  {name:28}{text}")


def _details(statistics: EvaluationStatistics) -> Iterator[tuple[str, str]]:
    """What is worth a line besides the sentence."""
    yield "length_median", f"{statistics.length_median:.4g}"
    for name, spread in statistics.quantities.items():
        for quantile, value in spread.quantiles().items():
            if value is not None:
                yield f"{name}_{quantile}", f"{value:.4g}"
    for reason, share in (statistics.safety or {}).items():
        if share > 0:
            yield f"altered: {reason}", f"{100 * share:.1f} % of steps"
    for limit, overshoot in (statistics.violations or {}).items():
        if overshoot > 0:
            yield f"violated: {limit}", f"by up to {overshoot:.3g}"
