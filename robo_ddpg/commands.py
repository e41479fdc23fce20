"""What each command of `robo-ddpg` does."""

import dataclasses
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tasks as task_package
from robo_ddpg import doctor as checks
from robo_ddpg.controller import Controller, make_task_of, shipped
from robo_ddpg.environments import is_gymnasium_id, task_name
from robo_ddpg.errors import SettingsError
from robo_ddpg.options import (
    EvaluateOptions,
    NoSettings,
    RecordOptions,
    TrainOptions,
    UsageError,
    parse,
)
from robo_ddpg.registration import environment_id, make_task
from robo_ddpg.run_directory import RunDirectory

__all__ = ["UsageError", "doctor", "evaluate", "record", "tasks", "train"]

Words = Sequence[str]


def tasks(words: Words) -> None:
    """List what can be trained."""
    if words and words[0] in ("-h", "--help"):
        _say("usage: robo-ddpg tasks\n\nLists the tasks that can be trained.")
        return
    if words:
        raise UsageError(f"tasks: takes no options, got {' '.join(words)}")
    for name in task_package.names():
        note = "trained controller ships" if name in shipped() else ""
        _say(f"{name:14}{environment_id(name):32}{task_package.summary(name)} {note}".rstrip())
    _say("Besides these: module:Class, and any Gymnasium id with Box spaces such as Pendulum-v1.")


def train(words: Words) -> None:
    """Train a controller."""
    from robo_ddpg.progress import make_progress
    from robo_ddpg.training import resume, train

    options = _train_options(words)
    title = f"train {options.task}"
    if options.resume is not None:
        run = RunDirectory.open(options.resume)
        evaluation = resume(run, make_progress(title, quiet=options.quiet), options.steps)
    else:
        settings = _train_settings(options)
        out = options.out or Path("runs") / options.task.replace("/", "-") / f"seed-{options.seed}"
        run = RunDirectory.create(out, force=options.force)
        evaluation = train(settings, run, make_progress(title, quiet=options.quiet))
    _say(_sentence(evaluation.summary()))
    _say(f"controller  {run.controller}")
    _say(f"curve       {run.curve}")


def evaluate(words: Words) -> dict[str, Any] | None:
    """Measure a controller: success with its confidence interval, return, safety."""
    from robo_ddpg.evaluation import evaluate
    from robo_ddpg.metrics import write_rows

    options = parse(EvaluateOptions, words, "evaluate")
    evaluation = evaluate(options.controller, episodes=options.episodes, seed=options.seed)
    summary = evaluation.summary()
    run = Path(options.controller)
    if run.is_dir():
        directory = RunDirectory(run)
        directory.write_json("evaluation.json", summary)
        write_rows(evaluation.rows(), run / "evaluation.csv")
    if options.csv is not None:
        write_rows(evaluation.rows(), options.csv)
    if options.json:
        return summary
    _say(_sentence(summary))
    for key, value in _details(summary):
        _say(f"  {key:28}{value}")
    return None


def record(words: Words) -> None:
    """Film a controller."""
    from robo_ddpg.recorder import record_episodes
    from robo_ddpg.video import render_recordings

    options = parse(RecordOptions, words, "record")
    grid = _grid(options.grid)
    controller = Controller.find(options.controller)
    out = options.out or _default_video(options.controller, controller)
    recordings = record_episodes(controller, episodes=options.episodes, seed=options.seed)
    if options.keep is not None:
        for recording in recordings:
            recording.save(options.keep / f"seed-{recording.seed}.npz")
    task = make_task_of(controller.task)
    info = render_recordings(
        recordings,
        task.model,
        out,
        camera=options.camera,
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
    if words:
        _say("usage: robo-ddpg doctor\n\nChecks this machine; exit code 1 if something is wrong.")
        return True
    found = checks.run()
    _say(checks.format(found))
    return all(check.ok for check in found)


def _train_options(words: Words) -> TrainOptions:
    """Options whose defaults depend on the task and the preset, which are looked at first."""
    from robo_ddpg.tuned import agent_settings

    words = list(words)
    if "--resume" in words and (not words or words[0].startswith("-")):
        words.insert(0, "reach")
    helping = {"-h", "--help"} & set(words)
    task = words[0] if words and not words[0].startswith("-") else ""
    if not task and not helping:
        raise UsageError(f"train: name a task: {', '.join(task_package.names())}")
    preset = next(
        (after for word, after in zip(words, words[1:], strict=False) if word == "--preset"),
        "default",
    )
    task = task_name(task or "reach")
    gymnasium_env = is_gymnasium_id(task)
    default = TrainOptions(
        task=task,
        agent=agent_settings(task, preset),
        environment=NoSettings() if gymnasium_env else make_task(task).settings,
    )
    options = parse(TrainOptions, words, "train", default)
    return dataclasses.replace(options, task=task)


def _train_settings(options: TrainOptions) -> Any:
    from robo_ddpg.training import TrainSettings
    from robo_ddpg.tuned import DEFAULT_STEPS, STEPS

    environment = dataclasses.asdict(options.environment)
    return TrainSettings(
        task=options.task,
        agent=options.agent,
        steps=STEPS.get(options.task, DEFAULT_STEPS) if options.steps is None else options.steps,
        minutes=options.minutes,
        seed=options.seed,
        simulations=options.simulations,
        evaluate_every=options.evaluate_every,
        mastered_times=5 if options.stop_early else 0,
        environment=environment,
    )


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


def _sentence(summary: dict[str, Any]) -> str:
    text = f"{summary['task']}: {summary['episodes']} episodes"
    if summary["success_rate"] is not None:
        low, high = 100 * summary["success_low"], 100 * summary["success_high"]
        rate = 100 * summary["success_rate"]
        text += f", success {rate:.1f} % (95 % interval {low:.1f} to {high:.1f})"
    return f"{text}, return {summary['return_mean']:.2f}"


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
