"""`robo-ddpg sweep`."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from tyro.conf import Positional, arg

from robo_ddpg.cli.many.engines import Jobs, Ray, StorageUri, engine
from robo_ddpg.cli.output import note, say, say_json, say_table
from robo_ddpg.cli.parsing.fields import Directory, File, Json, Switch, hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.many.sweep.plan import SweepPlan
from robo_ddpg.many.sweep.space import parse_parameter, read_parameters

if TYPE_CHECKING:
    from robo_ddpg.many.sweep.run import SweepResult


@dataclass(frozen=True)
class SweepOptions:
    """Search for good settings: trials of several seeds each, the best confirmed on fresh ones.

    A trial is worth the mean of its evaluations over its budget, of its worst seeds. The same
    command goes on with a sweep that was stopped.
    """

    task: Annotated[str, Positional, arg(metavar="TASK")]
    """Task name, module:Class, or the id of a Gymnasium environment."""
    parameters: File = None
    """TOML file with what is varied, such as agent.discount = {low = 0.9, high = 0.99}."""
    vary: Annotated[tuple[str, ...], arg(metavar="NAME=LOW:HIGH ...", help_behavior_hint="")] = ()
    """Vary these settings too: NAME=LOW:HIGH, NAME=LOW:HIGH:log, or choices NAME=A|B."""
    trials: int = 40
    """Settings that are tried."""
    seeds: int = 2
    """Seeds of each trial."""
    minutes: Annotated[float | None, arg(help_behavior_hint=hint)] = None
    """Time of each run at most, evaluations included [min]; transitions limit it alone if not
    given."""
    steps: Annotated[int | None, arg(help_behavior_hint=hint)] = None
    """Transitions of each run at most; those of the task if not given."""
    evaluate_every: Annotated[int | None, arg(help_behavior_hint=hint)] = None
    """Transitions between evaluations; as for the task if not given."""
    preset: str = "default"
    """Settings that are not varied: default, td3 or ddpg-2015."""
    sampler: Literal["tpe", "random"] = "tpe"
    """How settings are chosen: by what earlier trials say, or at random."""
    confirm: int = 5
    """Fresh seeds on which the best trial is trained at the end."""
    seed: int = 0
    """Of the draws of settings."""
    out: Directory = None
    """Directory of the sweep; runs/TASK/sweep if not given."""
    jobs: Jobs = None
    ray: Ray = None
    storage: StorageUri = None
    quiet: Switch = False
    """Show no progress."""
    json: Json = False


def run(words: Words) -> bool:
    """Search for good settings: trials of several seeds each, the best confirmed on fresh ones."""
    options = parse(SweepOptions, words, "sweep")
    plan = _plan(options)
    directory = options.out or Path("runs") / re.sub(r"[^\w.-]", "-", options.task) / "sweep"

    from robo_ddpg.many.sweep.run import run_sweep

    with engine(options.jobs, options.ray, options.storage) as made_by:
        found = run_sweep(plan, directory, engine=made_by, quiet=options.quiet)
    if options.json:
        say_json(_summary(found))
    else:
        _say(found, options)
    return found.best is not None and not found.interrupted


def _plan(options: SweepOptions) -> SweepPlan:
    from robo_ddpg.training.task_defaults import train_settings

    settings = train_settings(
        options.task,
        preset=options.preset,
        steps=options.steps,
        minutes=options.minutes,
        evaluate_every=options.evaluate_every,
    )
    in_file = read_parameters(options.parameters) if options.parameters is not None else []
    varied = (*in_file, *map(parse_parameter, options.vary))
    counts: dict[str, Any] = {
        n: getattr(options, n) for n in ("trials", "seeds", "confirm", "seed")
    }
    return SweepPlan(settings, tuple(varied), sampler=options.sampler, **counts)


def _summary(found: "SweepResult") -> dict[str, Any]:
    return {
        "path": str(found.path),
        "trials": len(found.completed),
        "best_trial": found.completed[0] if found.completed else None,
        "settings": found.values,
        "in_the_sweep": found.best,
        "confirmed": list(found.confirmed),
        "interrupted": found.interrupted,
    }


def _say(found: "SweepResult", options: SweepOptions) -> None:
    if found.best is None:
        note("no trial has ended" if found.interrupted else "every trial was given up or failed")
        return
    say(f"best trial {found.completed[0]}: {found.best:.3f} in the sweep, by its worst seeds")
    known = [value for value in found.confirmed if value is not None]
    if known:
        each = ", ".join(f"{value:.3f}" for value in known)
        say(f"confirmed: {min(known):.3f} at worst on {len(known)} fresh seeds ({each})")
        _say_runs(found)
    say(_command(options, found.values))
    say(f"robo-ddpg train --config {found.path / 'best-config.json'}")
    if found.interrupted:
        note("interrupted; the same command goes on")


def _say_runs(found: "SweepResult") -> None:
    from robo_ddpg.many.groups import groups_of
    from robo_ddpg.many.table import table

    head, rows = table(groups_of(found.confirmed_runs))
    if rows:
        say_table([head[1:], *(row[1:] for row in rows)])


def _command(options: SweepOptions, values: Mapping[str, Any]) -> str:
    """What trains with these settings."""
    words = ["robo-ddpg", "train", options.task]
    words += [] if options.preset == "default" else ["--preset", options.preset]
    for name in ("steps", "minutes", "evaluate_every"):
        value = getattr(options, name)
        words += [] if value is None else _words(name.replace("_", "-"), value)
    for name, value in values.items():
        words += _words(name.replace("_", "-"), value)
    return shlex.join(words)


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        table, _, field = name.rpartition(".")
        return [f"--{name}" if value else f"--{table}.no-{field}"]
    values = value if isinstance(value, tuple | list) else [value]
    return [f"--{name}", *map(str, values)]
