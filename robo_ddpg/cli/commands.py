"""What each command of `robo-ddpg` does."""

import dataclasses
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tasks as task_package
from robo_ddpg.cli import checks
from robo_ddpg.cli.options import (
    EvaluateOptions,
    NoSettings,
    RecordOptions,
    ResumeOptions,
    TrainOptions,
    UsageError,
    parse,
)
from robo_ddpg.cli.study import cameras
from robo_ddpg.controller import Controller, shipped
from robo_ddpg.envs.registration import environment_id, make_task, make_task_of
from robo_ddpg.envs.vector import is_gymnasium_id, task_name
from robo_ddpg.errors import SettingsError
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory

__all__ = ["UsageError", "doctor", "evaluate", "record", "tasks", "train"]

Words = Sequence[str]

_FLAGS = ("--force", "--quiet", "--stop-early", "--no-stop-early")
"""Options of `train` without a value."""


OTHER_MODEL = (
    "  warning: it was trained with another model (or version of MuJoCo) than the one it was "
    "evaluated with; train it again to compare"
)


def tasks(words: Words) -> None:
    """List what can be trained."""
    if _only_help(words, "tasks", "Lists the tasks that can be trained."):
        return
    rows = [(name, environment_id(name)) for name in task_package.names()]
    widths = [2 + max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, id_ in rows:
        note = "Trained controller ships." if name in shipped() else ""
        about = f"{task_package.summary(name)} {note}"
        _say(f"{name:{widths[0]}}{id_:{widths[1]}}{about}".rstrip())
    _say("Besides these: module:Class, and any Gymnasium id with Box spaces such as Pendulum-v1.")


def train(words: Words) -> None:
    """Train a controller."""
    from robo_ddpg.training.progress import make_progress
    from robo_ddpg.training.trainer import train

    if any(word == "--resume" or word.startswith("--resume=") for word in words):
        _resume(words)
        return
    options = _train_options(words)
    settings = _train_settings(options)
    name = re.sub(r"[^\w.-]", "-", options.task)
    run = RunDirectory(options.out or Path("runs") / name / f"seed-{options.seed}")
    progress = make_progress(f"train {options.task}", quiet=options.quiet)
    _say_result(train(settings, run, progress, force=options.force), run)


def evaluate(words: Words) -> dict[str, Any] | None:
    """Measure a controller: success with its confidence interval, return, safety."""
    from robo_ddpg.evaluation.evaluate import evaluate
    from robo_ddpg.runs.report import write_report
    from robo_ddpg.runs.tables import write_rows

    options = parse(EvaluateOptions, words, "evaluate")
    controller = Controller.find(options.controller)
    plan: dict[str, Any] = {"episodes": options.episodes, "seed": options.seed}
    evaluation = evaluate(controller, **plan, **_safety(controller, options.safety))
    summary = evaluation.summary()
    if options.safety == "both":
        summary["without_safety"] = evaluate(controller, **plan, safety=False).summary()
    run = RunDirectory(Path(options.controller))
    if run.path.is_dir() and options.safety != "off":
        write_json(summary, run.evaluation)
        write_rows(evaluation.rows(), run.episodes)
    if options.csv is not None:
        write_rows(evaluation.rows(), options.csv)
    if options.out is not None:
        write_json(summary, options.out)
    if options.robustness:
        _write_robustness(options, run)
    if run.config.exists():
        write_report(run)
    if options.json:
        return summary
    if options.safety != "off":
        _say_summary(summary)
    if options.safety != "on":
        _say("Without the safety filter:")
        _say_summary(summary.get("without_safety", summary))
    return None


def record(words: Words) -> None:
    """Film a controller."""
    from robo_ddpg.recording.recorder import record_episodes
    from robo_ddpg.recording.video import render_recordings

    options = parse(RecordOptions, words, "record")
    grid = _grid(options.grid)
    controller = Controller.find(options.controller)
    out = options.out or _default_video(options.controller, controller)
    seeds = _seeds_to_film(controller, options)
    length: dict[str, Any] = {} if options.episode_s is None else {"episode_s": options.episode_s}
    recordings = record_episodes(controller, seeds=seeds, **length)
    if options.keep is not None:
        for recording in recordings:
            recording.save(options.keep / f"seed-{recording.seed}.npz")
    task = make_task_of(controller.task)
    info = render_recordings(
        recordings,
        task.model,
        out,
        camera=cameras(options.camera),
        width=options.width,
        height=options.height,
        grid=grid,
        speed=options.speed,
        overlay=options.overlay,
    )
    solved = sum(bool(recording.success[-1]) for recording in recordings)
    _say(f"{info.frames} frames, {info.seconds:.1f} s, {solved} of {len(recordings)} solved")
    _say(str(info.path))


def doctor(words: Words) -> bool:
    """Check what works on this machine, with the exact fix for what does not."""
    if _only_help(words, "doctor", "Checks this machine; exit code 1 if something is wrong."):
        return True
    found = checks.run()
    _say(checks.format(found))
    return all(check.ok for check in found)


def _resume(words: Words) -> None:
    from robo_ddpg.training.progress import make_progress
    from robo_ddpg.training.settings import settings_of
    from robo_ddpg.training.trainer import resume

    options = parse(ResumeOptions, words, "train")
    run = RunDirectory.open(options.resume)
    settings = settings_of(run.read_config())
    if options.task not in (None, settings.task):
        raise UsageError(f"train: {run.path} is a run of {settings.task}, not of {options.task}")
    progress = make_progress(f"train {settings.task}", quiet=options.quiet)
    _say_result(resume(run, progress, steps=options.steps, minutes=options.minutes), run)


def _train_options(words: Words) -> TrainOptions[Any]:
    """Options whose defaults depend on the task and the preset, which are looked at first."""
    from robo_ddpg.training.task_defaults import agent_settings, evaluation_plan

    task, preset = _task_and_preset(words)
    if not task and not {"-h", "--help"} & set(words):
        raise UsageError(
            f"train: name a task ({', '.join(task_package.names())}), module:Class, or a "
            "Gymnasium environment"
        )
    task = task_name(task or task_package.names()[0])
    environment = NoSettings() if is_gymnasium_id(task) else make_task(task).settings
    default = TrainOptions(
        task=task,
        agent=agent_settings(task, preset),
        environment=environment,
        preset=preset,
        evaluate_every=evaluation_plan(task).every,
    )
    kind: Any = TrainOptions[type(environment)]  # type: ignore[misc]
    options: TrainOptions[Any] = parse(kind, words, "train", default)
    return dataclasses.replace(options, task=task)


def _task_and_preset(words: Words) -> tuple[str, str]:
    """The first word that is neither an option nor a value of one, and the preset."""
    task, option = "", ""
    values = {"--preset": "default"}
    for word in words:
        if word.startswith("--"):
            name, has_value, value = word.partition("=")
            values[name] = value
            option = "" if has_value or name in _FLAGS else name
        elif option:
            values[option], option = word, ""
        elif not task and not re.fullmatch(r"-.*|[\d.e+-]+", word):
            task = word  # a number is the second value of an option
    return task, values["--preset"]


def _train_settings(options: TrainOptions[Any]) -> Any:
    from robo_ddpg.training.settings import TrainSettings
    from robo_ddpg.training.task_defaults import DEFAULT_STEPS, STEPS, evaluation_plan

    environment = dataclasses.asdict(options.environment)
    return TrainSettings(
        task=options.task,
        agent=options.agent,
        steps=STEPS.get(options.task, DEFAULT_STEPS) if options.steps is None else options.steps,
        minutes=options.minutes,
        seed=options.seed,
        simulations=options.simulations,
        evaluate_every=options.evaluate_every,
        evaluation_episodes=evaluation_plan(options.task).episodes,
        mastered_times=5 if options.stop_early else 0,
        environment=environment,
    )


def _only_help(words: Words, command: str, text: str) -> bool:
    """For commands without options: whether help was asked for, which is then shown."""
    if not words:
        return False
    if words[0] not in ("-h", "--help"):
        raise UsageError(f"{command}: takes no options, got {' '.join(words)}")
    _say(f"usage: robo-ddpg {command}\n\n{text}")
    return True


def _say_result(evaluation: Any, run: RunDirectory) -> None:
    _say(_sentence(evaluation.summary()))
    _say(f"controller  {run.controller}")
    _say(f"curve       {run.curve}")


def _write_robustness(options: EvaluateOptions, run: RunDirectory) -> None:
    """Write the result and its picture; their names go to standard error, apart from results."""
    from robo_ddpg.evaluation.robustness import (
        EPISODES,
        evaluate_robustness,
        plot_robustness,
        robustness_lines,
    )

    if run.path.is_dir():
        path = run.robustness
    elif options.out is not None:
        path = options.out.with_name(f"{options.out.stem}-robustness.json")
    else:
        path = Path(f"{Path(options.controller).stem}-robustness.json")
    controller = Controller.find(options.controller)

    def note(name: str) -> None:
        sys.stderr.write(f"robustness: {name}\n")

    result = evaluate_robustness(
        controller, episodes=min(options.episodes, EPISODES), seed=options.seed, progress=note
    )
    write_json(result.to_json(), path)
    plot_robustness(result, path.with_suffix(".png"))
    for line in robustness_lines(result):
        note(line)
    sys.stderr.write(f"robustness: {path} and .png\n")


def _seeds_to_film(controller: Controller, options: RecordOptions) -> Sequence[int]:
    """Seeds in order, or failures first."""
    from robo_ddpg.evaluation.evaluate import check_count_and_seed, evaluate

    check_count_and_seed(options.episodes, options.seed)
    if not options.failures_first:
        return range(options.seed, options.seed + options.episodes)
    tried = evaluate(controller, episodes=max(100, options.episodes), seed=options.seed).episodes
    if tried.success is None:
        raise SettingsError(f"{controller.task['name']} does not say what failed")
    return [int(i) for i in tried.seeds[tried.success.argsort(kind="stable")][: options.episodes]]


def _default_video(name: str, controller: Controller) -> Path:
    if Path(name).is_dir():
        return RunDirectory(Path(name)).videos / "rollout.mp4"
    return Path(f"{controller.task['name'].replace(':', '-').replace('/', '-')}.mp4")


def _grid(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if not match:
        raise SettingsError(f"grid must look like 2x2, got {text!r}")
    return int(match[1]), int(match[2])


def _safety(controller: Controller, mode: str) -> dict[str, Any]:
    """The setting of the task that says whether its actions are filtered.

    Raises:
        UsageError: the filter shall be off, but the task has none.
    """
    if "safety" in controller.task["settings"]:
        return {"safety": mode != "off"}
    if mode == "on":
        return {}
    name = controller.task["name"]
    raise UsageError(f"evaluate: {name} has no safety filter; leave out --safety {mode}")


def _say_summary(summary: dict[str, Any]) -> None:
    _say(_sentence(summary))
    if summary["model_matches"] is False:
        _say(OTHER_MODEL)
    for key, value in _details(summary):
        _say(f"  {key:28}{value}")


def _sentence(summary: dict[str, Any]) -> str:
    text = f"{summary['task']}: {summary['episodes']} episodes"
    if summary["success_rate"] is not None:
        low, high = 100 * summary["success_low"], 100 * summary["success_high"]
        rate = 100 * summary["success_rate"]
        text += f", success {rate:.1f} % (95 % interval {low:.1f} to {high:.1f})"
    text += f", return {summary['return_mean']:.2f}"
    if summary["safety_filter"] is not None:
        text += f", safety filter {summary['safety_filter']}"
    return text


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


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
