"""`robo-ddpg tasks`."""

from dataclasses import dataclass
from typing import Any

import tasks
from robo_ddpg.cli.output import say, say_json, say_table
from robo_ddpg.cli.parsing.fields import Json
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import shipped
from robo_ddpg.envs.registration import environment_id
from tasks.building.named import BUILDINGS


@dataclass(frozen=True)
class TasksOptions:
    """List what can be trained."""

    json: Json = False


def run(words: Words) -> None:
    """List what can be trained."""
    options = parse(TasksOptions, words, "tasks")
    found = [_described(name, tasks.summary(name)) for name in tasks.names()]
    found += [_described(name, named.summary) for name, named in BUILDINGS.items()]
    if options.json:
        say_json(found)
        return
    say_table([(task["name"], task["id"], _about(task)) for task in found])
    say("Besides these: module:Class, and any Gymnasium id with Box spaces such as Pendulum-v1.")


def _described(name: str, summary: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": environment_id(name),
        "summary": summary,
        "controller_ships": name in shipped(),
    }


def _about(task: dict[str, Any]) -> str:
    note = " Trained controller ships." if task["controller_ships"] else ""
    return f"{task['summary']}{note}"
