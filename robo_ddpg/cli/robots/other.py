"""`--robot`: a task on another robot than its own."""

from pathlib import Path
from typing import Annotated

from tyro.conf import arg

import tasks
from robo_ddpg.cli.parsing.fields import hint
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import SettingsError

OtherRobot = Annotated[
    Path | None,
    arg(
        metavar="ROBOT",
        help="Another robot in place of the task's own: one that ships (so101, ur5e), or the .toml "
        "that robo-ddpg adopt wrote.",
        help_behavior_hint=hint,
    ),
]


def robot_setting(
    command: str, task: str, robot: Path | None, python: str | None = None
) -> dict[str, str]:
    """The setting of a task that says which robot it is about; none where nobody says.

    Args:
        command: that was given the option.
        task: name of the task.
        robot: what was given.
        python: interpreter of the environment.

    Raises:
        SettingsError: the task has a robot of its own, or none.
    """
    if robot is None:
        return {}
    if not hasattr(resolve(task, python).settings, "robot"):
        others = [name for name in tasks.names() if hasattr(resolve(name).settings, "robot")]
        raise SettingsError(
            f"{command}: {task} has a robot of its own; --robot goes with {', '.join(others)}"
        )
    return {"robot": str(robot)}


def suffix(robot: Path | None) -> str:
    """What is added to the name of a task for what is written about it on another robot."""
    return "" if robot is None else f"-{robot.stem}"
