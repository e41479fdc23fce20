"""Runs that differ in nothing but their seed, and what tells such groups apart."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from robo_ddpg.many.found import FoundRun

Measure = Literal["success", "return"]
"""What is shown of runs."""

NOT_COMPARED = ("seed", "reasons", "track")
"""Settings that runs of one group may differ in."""
_BUDGET = ("steps", "minutes")
"""Settings that say how long; `--resume` changes them, so a group may hold several."""


@dataclass(frozen=True)
class Group:
    """Runs of one task with the same settings but for the seed."""

    name: str
    """The settings in which it differs from the other groups, or the task."""
    runs: tuple[FoundRun, ...]
    """At least one, in order of seeds."""


def groups_of(runs: Sequence[FoundRun]) -> list[Group]:
    """Sort runs into groups, in the order in which they come; damaged ones are left out."""
    members: dict[str, list[FoundRun]] = {}
    for run in runs:
        if run.state != "damaged":
            members.setdefault(_key(run), []).append(run)
    firsts = [group[0] for group in members.values()]
    return [
        Group(_name(group[0], firsts), tuple(sorted(group, key=lambda run: run.seed or 0)))
        for group in members.values()
    ]


def measure_of(groups: Iterable[Group]) -> Measure:
    """Success where some run knows it, otherwise return."""
    rows = (row for group in groups for run in group.runs for row in run.rows)
    rated = any(row.get("evaluation_success") is not None for row in rows)
    return "success" if rated else "return"


def differing(runs: Iterable[FoundRun]) -> list[str]:
    """Names of the settings that runs of the same task do not all share.

    How long a run may take counts only if it is all that there is.
    """
    settings = [run.settings for run in runs if run.settings]
    names = dict.fromkeys(name for each in settings for name in each if name not in NOT_COMPARED)
    found = [name for name in names if len({_text(each.get(name)) for each in settings}) > 1]
    return [name for name in found if name not in (*_BUDGET, "task")] or [
        name for name in found if name != "task"
    ]


def described(run: FoundRun, names: Sequence[str]) -> str:
    """Settings of a run in words: `discount 0.9, n_step 1`."""
    return ", ".join(
        f"{name.removeprefix('agent.')} {shown(run.settings[name])}"
        for name in names
        if name in run.settings
    )


def shown(value: Any) -> str:
    """A setting as it is written on the command line."""
    if isinstance(value, list | tuple):
        return " ".join(map(shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _key(run: FoundRun) -> str:
    left_out = (*NOT_COMPARED, *_BUDGET)
    return _text({name: value for name, value in run.settings.items() if name not in left_out})


def _name(run: FoundRun, all_runs: Sequence[FoundRun]) -> str:
    """What a group is called: its task if that tells it apart, and the settings that do."""
    tasks = {other.task for other in all_runs}
    same_task = [other for other in all_runs if other.task == run.task]
    settings = described(run, differing(same_task)) if len(same_task) > 1 else ""
    task = str(run.task) if len(tasks) > 1 or not settings else ""
    return ", ".join(filter(None, (task, settings)))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
