"""Putting a described robot at the table: attached under a prefix, with servos of its own."""

import mujoco

from tasks.arm.described.description import Joint, Robot
from tasks.arm.described.fingers import add_gripper, open_positions
from tasks.arm.described.hand import Gripper
from tasks.described.attaching import (
    PREFIX,
    add_servo,
    attach,
    check_names,
    free_of_drives,
    opened_again,
)
from tasks.scene import asset_path

TIP = "tip"
"""Name of the site at the tip."""


def mounted(robot: Robot, timestep_s: float, *, grips: bool = False) -> mujoco.MjSpec:
    """The table with the robot at it; keyframe `home`.

    Only the arm's own hinges move, and a gripper that shall: other fingers stay as the file has
    them. Nothing of it collides unless a task pairs it.

    Args:
        robot: the robot.
        timestep_s: physics time step [s].
        grips: whether its gripper moves; it is open at home.

    Raises:
        RobotError: its file cannot be opened, or has not what the description names.
    """
    opened = opened_again(robot.name, robot.model)
    _check_names(opened, robot)
    free_of_drives(opened)
    gripper = robot.gripper if grips else None
    _make_rigid(opened, robot, gripper)
    scene = mujoco.MjSpec.from_file(str(asset_path("scene.xml")))
    scene.option.timestep = timestep_s
    _attach(scene, opened, robot)
    for joint in robot.joint:
        _drive(scene, joint, in_degrees=opened.compiler.degree)
    _add_sites(scene, robot)
    home = {PREFIX + joint.name: joint.home_rad for joint in robot.joint}
    if gripper is not None:
        add_gripper(scene, gripper, PREFIX)
        home |= open_positions(scene, gripper, PREFIX)
    scene.add_key(
        name="home",
        qpos=[home[joint.name] for joint in scene.joints],
        ctrl=[home[actuator.name] for actuator in scene.actuators],
    )
    return scene


TIMESTEP_S = 0.0025
"""The one of tasks, where nothing depends on it [s]."""


def model_at_table(robot: Robot) -> mujoco.MjModel:
    """The compiled scene, for what does not depend on the time step; raises as `mounted`."""
    spec = mounted(robot, TIMESTEP_S)
    return spec.compile()


def clearance_site(index: int) -> str:
    """Name of the site on the body of a robot's n-th clearance."""
    return f"clearance{index}"


def _check_names(spec: mujoco.MjSpec, robot: Robot) -> None:
    wanted = [("body", robot.base.body), ("body", robot.tip.body)]
    wanted += [("body", clearance.body) for clearance in robot.clearance]
    wanted += [("joint", joint.name) for joint in robot.joint]
    wanted += [("geom", name) for name in robot.touching]
    if robot.gripper is not None:
        wanted += [("joint", name) for name in robot.gripper.joints]
        wanted += [("body", shape.body) for shape in robot.gripper.shape]
        wanted += [("body", robot.gripper.tip.body)]
    check_names(spec, robot.name, robot.model, wanted)


def _make_rigid(spec: mujoco.MjSpec, robot: Robot, gripper: Gripper | None) -> None:
    """Leave no joints but the arm's and the gripper's, and nothing that collides."""
    kept = {joint.name for joint in robot.joint} | set(gripper.joints if gripper else ())
    for joint in list(spec.joints):
        if joint.name not in kept:
            spec.delete(joint)
    for geom in spec.geoms:
        geom.contype = geom.conaffinity = 0
    for body in spec.bodies[1:]:
        body.gravcomp = 1.0
        body.mocap = False


def _attach(scene: mujoco.MjSpec, spec: mujoco.MjSpec, robot: Robot) -> None:
    body = spec.body(robot.base.body)
    body.pos, body.quat = robot.base.position_m, robot.base.quaternion
    attach(scene, spec, body, robot.model)


def _drive(scene: mujoco.MjSpec, described: Joint, *, in_degrees: bool) -> None:
    """A servo whose torque is limited at the joint, where gravity is compensated too."""
    joint, _ = add_servo(scene, described, in_degrees=in_degrees)
    joint.actfrcrange = -described.torque_nm, described.torque_nm
    joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_TRUE
    joint.actgravcomp = True


def _add_sites(scene: mujoco.MjSpec, robot: Robot) -> None:
    tip = robot.tip
    scene.body(PREFIX + tip.body).add_site(
        name=TIP, pos=tip.position_m, quat=tip.quaternion, size=[0.004] * 3, group=4
    )
    for index, clearance in enumerate(robot.clearance):
        scene.body(PREFIX + clearance.body).add_site(name=clearance_site(index), group=4)
