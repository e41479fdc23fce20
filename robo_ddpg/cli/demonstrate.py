"""`robo-ddpg demonstrate`."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import Directory, Episodes, FirstSeed, Json, hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.other import OtherRobot, robot_setting, suffix
from robo_ddpg.recording.demonstrate import AT_ONCE, Demonstrations, demonstrate


@dataclass(frozen=True)
class DemonstrateOptions:
    """Record episodes of a scripted solution to learn from: train TASK --demonstrations DIR."""

    task: Annotated[str, Positional, arg(metavar="TASK")]
    """Name of a task that has a scripted demonstrator, or that the controller fits."""
    episodes: Episodes = 50
    seed: FirstSeed = 30_000
    out: Directory = None
    """Directory of the recordings; demonstrations/TASK, or TASK-ROBOT, if not given."""
    controller: Annotated[str | None, arg(metavar="CONTROLLER_OR_RUN", help_behavior_hint=hint)] = (
        None
    )
    """Let this controller demonstrate: a file, a run directory, or a task whose controller
    ships."""
    robot: OtherRobot = None
    successes_only: bool = True
    """Keep only episodes that are solved at the end, and run more instead."""
    json: Json = False


def run(words: Words) -> None:
    """Record episodes of a scripted solution to learn from: train TASK --demonstrations DIR."""
    options = parse(DemonstrateOptions, words, "demonstrate")
    made = demonstrate(
        options.task,
        options.out or _default_directory(options.task + suffix(options.robot)),
        episodes=options.episodes,
        seed=options.seed,
        controller=options.controller,
        successes_only=options.successes_only,
        progress=lambda kept: _note_progress(kept, options.episodes),
        **robot_setting("demonstrate", options.task, options.robot),
    )
    if options.json:
        say_json(asdict(made) | {"path": str(made.path), "success_rate": made.solved / made.tried})
    else:
        say(_sentence(options.task, made))
        say(str(made.path))


def _default_directory(task: str) -> Path:
    return Path("demonstrations") / re.sub(r"[^\w.-]", "-", task)


def _note_progress(kept: int, episodes: int) -> None:
    if kept % AT_ONCE == 0 and kept < episodes:
        note(f"demonstrate: {kept} of {episodes} episodes")


def _sentence(task: str, made: Demonstrations) -> str:
    share = 100 * made.solved / made.tried
    return (
        f"{task}: {made.kept} demonstrations, {made.steps} steps; "
        f"{made.solved} of {made.tried} episodes solved ({share:.1f} %)"
    )
