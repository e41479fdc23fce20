"""Bringing the robots of others into scenes of ours: without their drives, under a prefix."""

import os
from typing import Any

import mujoco
import numpy as np

from tasks.described import shipped
from tasks.described.error import RobotError
from tasks.described.joint import DrivenJoint
from tasks.described.loading import one_line, open_robot

PREFIX = "robot/"
"""Before the names of all elements of the robot, so that none is there twice."""
_SEEN_BY = ("global_", "headlight", "map", "quality", "rgba", "scale")


def opened_again(name: str, model: str) -> mujoco.MjSpec:
    """The file of a robot that was described once.

    Args:
        name: what the robot is called.
        model: where its file was; of a robot that ships, its bare name.

    Raises:
        RobotError: it is not there any more, or cannot be opened.
    """
    path = shipped.found(model)
    if not os.path.isfile(path):
        raise RobotError(
            f"the model of {name} is not at {path} any more; name its .toml by --robot"
        )
    return open_robot(path).spec


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
    _copy(scene.option, spec.option)
    for part in _SEEN_BY:
        _copy(getattr(scene.visual, part), getattr(spec.visual, part))
    spec.memory, spec.njmax, spec.nconmax = -1, -1, -1
    try:
        scene.worldbody.add_frame().attach_body(body, PREFIX, "")
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotError(f"{model} cannot be attached: {one_line(error)}") from None


def _copy(ours: Any, theirs: Any) -> None:
    """Physics and lights are the scene's: MuJoCo would warn of every difference."""
    for name in dir(ours):
        if not name.startswith("_"):
            setattr(theirs, name, getattr(ours, name))


def add_servo(
    scene: mujoco.MjSpec, joint: DrivenJoint, *, in_degrees: bool
) -> tuple[mujoco.MjsJoint, mujoco.MjsActuator]:
    """Give a joint its range and a position servo; what damped it by itself is in the servo.

    Args:
        scene: the robot is in it.
        joint: the joint.
        in_degrees: whether the robot's file has angles in degrees.

    Returns:
        The joint and the servo, whose torque is not limited yet.
    """
    name, limits = PREFIX + joint.name, (joint.low_rad, joint.high_rad)
    driven = scene.joint(name)
    driven.range = np.degrees(limits) if in_degrees else limits
    driven.limited = mujoco.mjtLimited.mjLIMITED_TRUE
    driven.armature = joint.armature_kg_m2
    driven.frictionloss = 0.0
    driven.damping, driven.stiffness = [0.0] * 3, [0.0] * 3
    servo = scene.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    servo.set_to_position(kp=joint.stiffness_nm_rad, kv=joint.damping_nm_s_rad)
    return driven, servo
