"""`--robot`: a controller on the robot of a description that was edited, or lies elsewhere now."""

from pathlib import Path

from robo_ddpg.controller import Controller
from robo_ddpg.errors import ControllerError
from tasks.arm.described.description import Robot as ArmRobot
from tasks.arm.described.reading import read_robot
from tasks.described.reading import kind_of, written
from tasks.legged.described.description import Robot as LeggedRobot
from tasks.legged.described.reading import read_legged


def on_robot(controller: Controller, description: Path | None) -> Controller:
    """The same controller, on the robot of a description.

    Args:
        controller: changed in place.
        description: the .toml that `robo-ddpg adopt` wrote; None changes nothing.

    Raises:
        ControllerError: the controller is that of another robot, or of a task without a choice.
        RobotError: the description cannot be read.
    """
    if description is None:
        return controller
    settings = controller.task["settings"]
    if not settings.get("robot"):
        raise ControllerError(
            f"{controller.path} was not trained on a robot that was adopted: leave out "
            f"{description}"
        )
    legged = kind_of(settings["robot"]) == "leg"
    now = _read(str(description), legged=legged)
    then = _read(settings["robot"], legged=legged)
    if [joint.name for joint in now.joint] != [joint.name for joint in then.joint]:
        raise ControllerError(
            f"{controller.path} was trained on {then.name}, whose joints are not those of "
            f"{now.name}; train one on {description}"
        )
    controller.metadata["task"] = controller.task | {"settings": settings | {"robot": written(now)}}
    return controller


def _read(text_or_path: str, *, legged: bool) -> ArmRobot | LeggedRobot:
    return read_legged(text_or_path) if legged else read_robot(text_or_path)
