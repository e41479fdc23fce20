"""`robo-ddpg evaluate`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import ControllerName, Episodes, File, FirstSeed, Json, Switch
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.training_log import write_rows

OTHER_MODEL = (
    "  warning: it was trained with another model (or version of MuJoCo) than the one it was "
    "evaluated with; train it again to compare"
)


@dataclass(frozen=True)
class EvaluateOptions:
    """Measure a controller: success with its confidence interval, return, safety.

    In a run directory it also writes evaluation.json and evaluation.csv.
    """

    controller: ControllerName
    episodes: Episodes = 100
    seed: FirstSeed = 20_000
    safety: Literal["on", "off", "both"] = "on"
    """With the safety filter, without it, or both on the same episodes, however the controller
    was trained."""
    json: Json = False
    csv: File = None
    """Write one row per episode to this file."""
    out: File = None
    """Write the statistics to this .json file too."""
    robustness: Switch = False
    """Also try other masses, friction, actuator strength, noise, latency and pushes; writes
    robustness.json and .png into the run directory, else CONTROLLER-robustness.json and .png
    here, or beside the file of --out."""


def run(words: Words) -> None:
    """Measure a controller: success with its confidence interval, return, safety."""
    options = parse(EvaluateOptions, words, "evaluate")
    controller = Controller.find(options.controller)
    plan: dict[str, Any] = {"episodes": options.episodes, "seed": options.seed}
    evaluation = evaluate(controller, **plan, **_safety(controller, options.safety))
    summary = evaluation.summary()
    if options.safety == "both":
        summary["without_safety"] = evaluate(controller, **plan, safety=False).summary()
    directory = RunDirectory(Path(options.controller))
    if directory.path.is_dir() and options.safety != "off":
        directory.write_json("evaluation.json", summary)
        write_rows(evaluation.rows(), directory.path / "evaluation.csv")
    if options.csv is not None:
        write_rows(evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    if options.robustness:
        _write_robustness(controller, options, directory)
    if directory.config.exists():
        write_report(directory)
    if options.json:
        say_json(summary)
    else:
        _say_evaluation(summary, options.safety)


def sentence(summary: dict[str, Any]) -> str:
    """An evaluation in one line."""
    text = f"{summary['task']}: {summary['episodes']} episodes"
    if summary["success_rate"] is not None:
        low, high = 100 * summary["success_low"], 100 * summary["success_high"]
        rate = 100 * summary["success_rate"]
        text += f", success {rate:.1f} % (95 % interval {low:.1f} to {high:.1f})"
    text += f", return {summary['return_mean']:.2f}"
    if summary["safety_filter"] is not None:
        text += f", safety filter {summary['safety_filter']}"
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
    controller: Controller, options: EvaluateOptions, directory: RunDirectory
) -> None:
    """Write the result and its picture; what is said goes to standard error."""
    from robo_ddpg.evaluation.robustness import (
        EPISODES,
        evaluate_robustness,
        plot_robustness,
        robustness_lines,
    )

    def say_aside(text: str) -> None:
        note(f"robustness: {text}")

    count = min(options.episodes, EPISODES)
    result = evaluate_robustness(controller, episodes=count, seed=options.seed, progress=say_aside)
    path = _robustness_file(options, directory)
    write_json(result, path)
    plot_robustness(result, path.with_suffix(".png"))
    for line in robustness_lines(result):
        say_aside(line)
    say_aside(f"{path} and .png")


def _robustness_file(options: EvaluateOptions, directory: RunDirectory) -> Path:
    if directory.path.is_dir():
        return directory.path / "robustness.json"
    if options.out is not None:
        return options.out.with_name(f"{options.out.stem}-robustness.json")
    return Path(f"{Path(options.controller).stem}-robustness.json")


def _say_evaluation(summary: dict[str, Any], safety: str) -> None:
    if safety != "off":
        _say_summary(summary)
    if safety != "on":
        say("Without the safety filter:")
        _say_summary(summary.get("without_safety", summary))


def _say_summary(summary: dict[str, Any]) -> None:
    say(sentence(summary))
    if summary["model_matches"] is False:
        say(OTHER_MODEL)
    for key, value in _details(summary):
        say(f"  {key:28}{value}")


def _details(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """What is worth a line besides the sentence."""
    shown = {key: value for key, value in summary.items() if re.search(r"_(median|p90|max)$", key)}
    lines = [(key, f"{value:.4g}") for key, value in shown.items() if value is not None]
    lines += [
        (f"altered: {reason}", f"{100 * share:.1f} % of steps")
        for reason, share in (summary["safety"] or {}).items()
        if share > 0
    ]
    lines += [
        (f"violated: {limit}", f"by up to {overshoot:.3g}")
        for limit, overshoot in (summary["violations"] or {}).items()
        if overshoot > 0
    ]
    return lines
