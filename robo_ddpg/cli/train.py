"""`robo-ddpg train`: a new run, a new run with the settings of another, or a run continued."""

import contextlib
import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from tyro.conf import Positional, arg

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.cli.many.engines import Jobs, Ray, StorageUri, engine
from robo_ddpg.cli.output import say
from robo_ddpg.cli.parsing.arguments import Arguments, arguments, values
from robo_ddpg.cli.parsing.fields import Directory, File, Python, Switch, hint
from robo_ddpg.cli.parsing.help import RARE
from robo_ddpg.cli.parsing.parse import Words, parse, parse_known
from robo_ddpg.cli.parsing.task_word import find_task
from robo_ddpg.cli.robots.other import OtherRobot, robot_setting, suffix
from robo_ddpg.control.entry_points import check_familiar
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.evaluation.in_words import sentence
from robo_ddpg.files import writing
from robo_ddpg.process.stopwatch import UNWATCHED, Stopwatch, Watch
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.display.profile import table
from robo_ddpg.training.progress import make_progress
from robo_ddpg.training.settings import TrainSettings, read_settings
from robo_ddpg.training.task_defaults import MASTERED_TIMES, train_settings


@dataclass(frozen=True)
class SourceOptions:
    """Where the settings of a run come from."""

    config: File = None
    """Start from the settings in this config.json, which every run keeps in its directory."""
    resume: Directory = None
    """Go on with the run in this directory; only --steps, --minutes, --profile and --quiet go
    with it."""
    preset: Annotated[str | None, arg(help_behavior_hint="(default: default)")] = None
    """Learning settings to start from: default (tuned for the task), td3 or ddpg-2015."""
    robot: OtherRobot = None
    robust: Switch = False
    """Vary masses, friction, strength and latency, and observe the last actions: the
    controller then bears actions that arrive 100 ms late. Takes longer."""
    python: Annotated[Python, RARE] = None


@dataclass(frozen=True)
class TrainOptions(SourceOptions):
    """Train a controller.

    There are three ways:
      robo-ddpg train TASK           a new run with the settings tuned for the task
      robo-ddpg train --config FILE  a new run with the settings of another
      robo-ddpg train --resume DIR   an earlier run goes on with its own settings

    robo-ddpg train TASK --help shows all settings, with the task's defaults.
    """

    task: Annotated[str | None, Positional, arg(metavar="TASK", help_behavior_hint="")] = None
    """Task name, an id as Gymnasium names it (Pendulum-v1, my_module:My-v0), or module:Class of a
    task or environment of your own; may be left out with --config and --resume. Arguments of an
    environment are given as --environment.some-argument VALUE."""
    out: Directory = None
    """Directory of the run; runs/TASK/seed-SEED if not given."""
    seed: int = 0
    """Fixes every random number of the run."""
    seeds: Annotated[tuple[int, ...], arg(help_behavior_hint="")] = ()
    """Train each of these instead, side by side, into one directory with seed-S for each: their
    curves are joined. Goes on with --resume DIR."""
    jobs: Annotated[Jobs, RARE] = None
    ray: Annotated[Ray, RARE] = None
    storage: Annotated[StorageUri, RARE] = None
    steps: Annotated[int | None, arg(help_behavior_hint=hint)] = None
    """Transitions to collect at most; with --resume those of before are included, and it is what
    was planned if not given, or as many again if the run had ended."""
    minutes: Annotated[float | None, arg(help_behavior_hint=hint)] = None
    """Time to use at most, evaluations included [min]; with --resume from now on, and likewise."""
    simulations: Annotated[int, RARE] = 64
    """Simulations that collect in parallel."""
    evaluate_every: Annotated[int, RARE] = 4_000
    """Transitions between evaluations."""
    demonstrations: Annotated[str | None, RARE, arg(metavar="DIR", help_behavior_hint=hint)] = None
    """Learn from these episodes too: a directory that robo-ddpg demonstrate made, or minari:ID for
    the episodes of a Minari dataset."""
    track: Annotated[
        tuple[Literal["wandb", "trackio", "mlflow"], ...], RARE, arg(help_behavior_hint="")
    ] = ()
    """Tell these experiment trackers the metrics too."""
    device: Annotated[Literal["cpu", "cuda"], RARE] = "cpu"
    """Where networks are trained."""
    step_timeout_s: Annotated[float, RARE] = 120.0
    """A step or a reset of all simulations that takes longer counts as hanging and ends the run,
    saved [s]."""
    stop_early: Annotated[bool, RARE] = True
    """Stop once the task is mastered: 99 % success in five evaluations in a row."""
    force: Switch = False
    """Replace an earlier run in the same directory."""
    quiet: Switch = False
    """Show no progress."""
    profile: Annotated[Switch, RARE] = False
    """Say at the end what learner and physics did with their time, in profile.txt too."""
    agent: Annotated[AgentSettings, RARE] = dataclasses.field(default_factory=AgentSettings)
    """Learning settings."""
    environment: object = Arguments()
    """Settings of the task."""


_SETTINGS = (
    *("agent", "seed", "steps", "minutes", "simulations", "evaluate_every", "device", "python"),
    *("demonstrations", "track", "step_timeout_s"),
)
"""What is an option and a setting under the same name."""
GROUP = "group.json"
"""In the directory of several seeds."""
_RESUMABLE = ("--task", "--resume", "--steps", "--minutes", "--profile", "--quiet")
"""Options that go with `--resume`."""


def run(words: Words) -> bool:
    """Train a controller."""
    source, _ = parse_known(SourceOptions, words, "train")
    if source.resume is not None and not (source.resume / GROUP).exists():
        return _resume(words, RunDirectory.open(source.resume))
    if source.resume is not None:
        return _resume_seeds(words, source.resume)
    if source.config is not None:
        return _train(words, _settings_in(source, words), source.config)
    tuned = functools.partial(_tuned, source)
    task = find_task(words, "train", lambda word: _as_options(tuned(word), words), TrainOptions())
    start = tuned(task)
    given = parse(TrainOptions, words, "train", _as_options(start, words)).environment
    if isinstance(given, Arguments):  # its settings follow from what it is like with them
        start = tuned(task, environment=values(given))
    return _train(words, start)


def _tuned(source: SourceOptions, task: str, **others: Any) -> TrainSettings:
    """The settings tuned for a task, on the robot that it shall be trained on."""
    robot = robot_setting("train", task, source.robot, source.python)
    if robot:
        others = {"environment": robot, **others}
    given: dict[str, Any] = {"robust": source.robust, "python": source.python, **others}
    return train_settings(task, preset=source.preset or "default", **given)


def _train(words: Words, start: TrainSettings, origin: Path | None = None) -> bool:
    """A new run, with the settings of `start` where the words do not say otherwise."""
    options = parse(TrainOptions, words, "train", _as_options(start, words))
    _check_task(options, start, origin)
    settings = _with_options(start, options)
    if options.seeds and options.profile:
        raise SettingsError("train: --profile goes with a single run; leave out --seeds")
    if options.seeds:
        from robo_ddpg.cli.many import seeds

        how: dict[str, Any] = {"force": options.force, "quiet": options.quiet}
        with engine(options.jobs, options.ray, options.storage, anew=options.force) as made_by:
            return seeds.train(settings, options.seeds, options.out, made_by=made_by, **how)
    for name in ("jobs", "ray", "storage"):
        if getattr(options, name) is not None:
            raise SettingsError(f"train: --{name} goes with --seeds; leave it out for a single run")
    name = settings.task + suffix(options.robot)
    run = RunDirectory(options.out or RunDirectory.default(name, settings.seed))

    from robo_ddpg.training import start as runs

    progress = make_progress(f"train {settings.task}", quiet=options.quiet)
    with _profile(run, on=options.profile) as watch:
        evaluation = runs.train(settings, run, progress, force=options.force, watch=watch)
        _say_result(evaluation, run)
    return True


def _resume_seeds(words: Words, directory: Path) -> bool:
    """Several runs of one command go on."""
    from robo_ddpg.cli.many import seeds

    options = parse(TrainOptions, words, "train", TrainOptions())
    for name in _changes(TrainOptions(), options):
        if name not in ("--resume", "--jobs", "--ray", "--storage", "--quiet"):
            raise SettingsError(f"train: seeds go on with their own settings; leave out {name}")
    with engine(options.jobs, options.ray, options.storage) as made_by:
        return seeds.resume(directory, made_by=made_by, quiet=options.quiet)


def _resume(words: Words, run: RunDirectory) -> bool:
    """An earlier run goes on."""
    start = read_settings(run.config)
    before = dataclasses.replace(_as_options(start, words), steps=None, minutes=None)
    options = parse(TrainOptions, words, "train", before)
    _check_task(options, start, run.path)
    for name in _changes(before, options):
        if name not in _RESUMABLE:
            raise SettingsError(f"train: a run goes on with its own settings; leave out {name}")

    from robo_ddpg.training import start as runs

    progress = make_progress(f"train {start.task}", quiet=options.quiet)
    steps, minutes = options.steps, options.minutes
    with _profile(run, on=options.profile) as watch:
        evaluation = runs.resume(run, progress, steps=steps, minutes=minutes, watch=watch)
        _say_result(evaluation, run)
    return True


@contextlib.contextmanager
def _profile(run: RunDirectory, *, on: bool) -> Iterator[Watch]:
    """What times a training; its table is said and kept at the end."""
    if not on:
        yield UNWATCHED
        return
    watch = Stopwatch()
    yield watch
    found = table(watch)
    say(found)
    with writing(run.profile) as part:
        part.write_text(found + "\n")


def _say_result(evaluation: Evaluation | None, run: RunDirectory) -> None:
    if evaluation is not None:
        say(sentence(evaluation.statistics()))
    say(f"controller  {run.controller}")
    say(f"curve       {run.curve}")


def _settings_in(source: SourceOptions, words: Words) -> TrainSettings:
    """The settings of --config, which may be a stranger's: what runs code, the user names too.

    Raises:
        EntryPointError: it names a module that the words do not.
        SettingsError: it names an interpreter that the words do not, or cannot be read.
    """
    config = source.config
    assert config is not None
    if source.preset is not None:
        raise SettingsError("train: both --config and --preset give the settings; leave one out")
    if source.robust:
        raise SettingsError("train: both --config and --robust say what varies; leave one out")
    if source.robot is not None:
        raise SettingsError("train: both --config and --robot give the robot; leave one out")
    found = read_settings(config)
    if found.task not in words:
        check_familiar(
            found.task, config, f"name it yourself: train {found.task} --config {config}"
        )
    if found.python not in (None, source.python):
        raise SettingsError(
            f"{config} names the interpreter {found.python}, which would run: if you trust it, "
            f"name it yourself with --python {found.python}"
        )
    return found


def _as_options(start: TrainSettings, words: Words) -> TrainOptions:
    """Options whose defaults are these settings."""
    shared: dict[str, Any] = {name: getattr(start, name) for name in _SETTINGS}
    source = resolve(start.task, start.python)
    environment: Any = source.settings
    if environment is None:
        environment = arguments(words, start.environment)
    else:
        environment = dataclasses.replace(environment, **source.complete(start.environment))
    return TrainOptions(**shared, stop_early=start.mastered_times > 0, environment=environment)


def _with_options(start: TrainSettings, options: TrainOptions) -> TrainSettings:
    """The settings that the options ask for; those that are no option stay."""
    shared: dict[str, Any] = {name: getattr(options, name) for name in _SETTINGS}
    environment: Any = options.environment
    before, after = start.agent, options.agent
    same = {name for name in start.reasons if getattr(before, name) == getattr(after, name)}
    return dataclasses.replace(
        start,
        **shared,
        reasons={name: why for name, why in start.reasons.items() if name in same},
        mastered_times=(start.mastered_times or MASTERED_TIMES) if options.stop_early else 0,
        environment=start.environment | values(environment),
    )


def _changes(before: Any, after: Any, prefix: str = "--") -> Iterator[str]:
    """The options in which two instances differ."""
    for field in dataclasses.fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        name = prefix + field.name.replace("_", "-")
        if dataclasses.is_dataclass(old):
            yield from _changes(old, new, f"{name}.")
        elif old != new:
            yield name


def _check_task(options: TrainOptions, start: TrainSettings, origin: Path | None) -> None:
    if options.task is not None and resolve(options.task, start.python).name != start.task:
        raise SettingsError(f"train: {origin} is a run of {start.task}, not of {options.task}")
