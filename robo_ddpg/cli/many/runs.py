"""`robo-ddpg runs`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import note, say, say_json, say_table
from robo_ddpg.cli.parsing.fields import Json, Switch, hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.errors import SettingsError
from robo_ddpg.many.found import FoundRun, find_runs
from robo_ddpg.many.groups import described, differing, shown

HEAD = ("run", "task", "seed", "state", "success", "return", "time", "transitions", "settings")

_ORDER: dict[str, Callable[[FoundRun], Any]] = {
    "path": lambda run: str(run.path),
    "task": lambda run: run.task,
    "seed": lambda run: run.seed,
    "state": lambda run: run.state,
    "success": lambda run: run.success,
    "return": lambda run: run.returns,
    "time": lambda run: run.training_s,
    "transitions": lambda run: run.transitions,
}


@dataclass(frozen=True)
class RunsOptions:
    """List runs: task, seed, state, success, and the settings in which they differ."""

    directory: Annotated[Path, Positional, arg(metavar="DIR")] = Path("runs")
    """Where to look: everything below it is looked through."""
    task: Annotated[str | None, arg(help_behavior_hint=hint)] = None
    """Only runs of this task."""
    state: Annotated[
        Literal["running", "finished", "interrupted", "damaged"] | None,
        arg(help_behavior_hint=hint),
    ] = None
    """Only runs in this state."""
    where: Annotated[str | None, arg(metavar="NAME=VALUE", help_behavior_hint=hint)] = None
    """Only runs with this setting, such as agent.discount=0.9."""
    sort: Literal["path", "task", "seed", "state", "success", "return", "time", "transitions"] = (
        "path"
    )
    """What to sort by; what is not known comes last."""
    descending: Switch = False
    """The largest first."""
    json: Json = False


def run(words: Words) -> None:
    """List runs: task, seed, state, success, and the settings in which they differ."""
    options = parse(RunsOptions, words, "runs")
    every = find_runs([options.directory])
    names = {run.task: differing(r for r in every if r.task == run.task) for run in every}
    wanted = [run for run in every if _is_wanted(run, options)]
    found = _sorted(wanted, _ORDER[options.sort], descending=options.descending)
    if options.json:
        say_json([_described(run, names[run.task]) for run in found])
        return
    for run in found:
        if run.damage:
            note(f"damaged: {run.damage}")
    if found:
        say_table([HEAD, *(_cells(run, names[run.task]) for run in found)])
    else:
        say(f"no such run below {options.directory}")


def _is_wanted(run: FoundRun, options: RunsOptions) -> bool:
    wanted = options.task in (None, run.task) and options.state in (None, run.state)
    if options.where is None:
        return wanted
    name, separator, value = options.where.partition("=")
    if not separator:
        raise SettingsError(f"runs: expected NAME=VALUE, got {options.where}")
    name = name.replace("-", "_")
    return wanted and name in run.settings and _is_same(run.settings[name], value)


def _is_same(setting: Any, text: str) -> bool:
    return text.lower() in (shown(setting).lower(), str(setting).lower())


def _sorted(
    runs: Sequence[FoundRun], key: Callable[[FoundRun], Any], *, descending: bool
) -> list[FoundRun]:
    known = [run for run in runs if key(run) is not None]
    unknown = [run for run in runs if key(run) is None]
    return sorted(known, key=key, reverse=descending) + unknown


def _cells(run: FoundRun, names: Sequence[str]) -> tuple[str, ...]:
    return (
        str(run.path),
        run.task or "-",
        _form(run.seed, "{}"),
        run.state,
        _form(None if run.success is None else 100 * run.success, "{:.1f} %"),
        _form(run.returns, "{:.2f}"),
        _form(run.training_s, "{:.0f} s"),
        _form(run.transitions, "{}"),
        described(run, names),
    )


def _form(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def _described(run: FoundRun, names: Sequence[str]) -> dict[str, Any]:
    return {
        "path": str(run.path),
        "task": run.task,
        "seed": run.seed,
        "state": run.state,
        "success": run.success,
        "return": run.returns,
        "training_s": run.training_s,
        "transitions": run.transitions,
        "settings": {name: run.settings.get(name) for name in names},
        "damage": run.damage or None,
    }
