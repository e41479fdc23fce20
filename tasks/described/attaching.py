"""Bringing the robots of others into scenes of ours: without their drives, under a prefix."""

import os
from pathlib import Path

import mujoco

from tasks.described.error import RobotError
from tasks.described.loading import one_line, open_robot

PREFIX = "robot/"
"""Before the names of all elements of the robot, so that none is there twice."""
_OPTIONS = tuple(name for name in dir(mujoco.MjOption) if not name.startswith("_"))
"""Physics is the scene's: MuJoCo would warn of every difference."""


def opened_again(name: str, model: str) -> mujoco.MjSpec:
    """The file of a robot that was described once.

    Args:
        name: what the robot is called.
        model: where its file was.

    Raises:
        RobotError: it is not there any more, or cannot be opened.
    """
    if not os.path.isfile(model):
        raise RobotError(
            f"the model of {name} is not at {model} any more; name its .toml by --robot"
        )
    return open_robot(Path(model)).spec


def check_names(spec: mujoco.MjSpec, name: str, model: str, wanted: list[tuple[str, str]]) -> None:
    """Check that a robot's file has what its description names.

    Args:
        spec: the file.
        name: what the robot is called.
        model: where the file is.
        wanted: kind and name of each element, such as `("body", "trunk")`.

    Raises:
        RobotError: what is not there.
    """
    for kind, element in wanted:
        if getattr(spec, kind)(element) is None:
            raise RobotError(f"{model} has no {kind} {element!r}, which {name} needs")


def free_of_drives(spec: mujoco.MjSpec) -> None:
    """Remove what moves, ties, measures and lights the robot: our scenes have that."""
    kinds = ("keys", "sensors", "actuators", "equalities", "tendons", "pairs", "excludes", "lights")
    for kind in kinds:
        for element in list(getattr(spec, kind)):
            spec.delete(element)


def attach(scene: mujoco.MjSpec, spec: mujoco.MjSpec, body: mujoco.MjsBody, model: str) -> None:
    """Put a robot into a scene.

    Args:
        scene: the scene.
        spec: the robot's file.
        body: its body that all others hang from.
        model: where the file is.

    Raises:
        RobotError: MuJoCo cannot do so.
    """
    for name in _OPTIONS:
        setattr(spec.option, name, getattr(scene.option, name))
    spec.memory, spec.njmax, spec.nconmax = -1, -1, -1
    try:
        scene.worldbody.add_frame().attach_body(body, PREFIX, "")
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotError(f"{model} cannot be attached: {one_line(error)}") from None
