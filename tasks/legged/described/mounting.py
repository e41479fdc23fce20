"""Putting a described robot on our ground: attached under a prefix, with servos of its own."""

from xml.sax.saxutils import quoteattr

import mujoco
import numpy as np

from tasks.described.attaching import (
    PREFIX,
    add_servo,
    attach,
    check_names,
    free_of_drives,
    opened_again,
)
from tasks.footing import add_foot_sensors
from tasks.legged.described.description import Joint, Leg, Robot
from tasks.legged.four_legs import LEG_M
from tasks.scene import asset_path

ROOT = "root"
"""Joint between the world and the torso."""
CAMERAS = {
    "side": ((0.0, -1.4, 0.24), (1, 0, 0, 0, 0.2028, 0.9792)),
    "front": ((1.0, -0.85, 0.34), (0.6552, 0.7554, 0, -0.2226, 0.1931, 0.9556)),
    "follow": ((-1.25, -0.5, 0.58), (0.3473, -0.9377, 0, 0.3659, 0.1355, 0.9208)),
}
"""Where cameras are, for a robot as large as our quadruped [m], and their x and y axes."""
HIDDEN = 3
"""Group from which geoms are not drawn."""
LIGHTS = {"key": "key_light", "fill": "fill_light"}


def on_ground(robot: Robot, timestep_s: float) -> mujoco.MjSpec:
    """The robot on the floor, which is the plane z = 0 and the geom `floor`; keyframe `home`.

    What hangs from it besides the legs stays as the file has it.

    Args:
        robot: the robot.
        timestep_s: physics time step [s].

    Raises:
        RobotError: its file cannot be opened, or has not what the description names.
    """
    spec = opened_again(robot.name, robot.model)
    _check_names(spec, robot)
    free_of_drives(spec)
    _keep_legs(spec, robot)
    _show(spec)
    scene = _floor()
    scene.option.timestep = timestep_s
    _make_solid(spec, robot, scene.find_default("legged_collision").geom)
    attach(scene, spec, spec.body(robot.torso), robot.model)
    _set_free(scene, robot)
    for leg in robot.leg:
        scene.body(PREFIX + leg.foot_body).add_site(
            name=foot_site(leg), pos=leg.foot_position_m, size=[leg.foot_radius_m / 2] * 3, group=4
        )
    add_foot_sensors(scene, [f"{foot_site(leg)}_collision" for leg in robot.leg])
    for joint in robot.joint:
        _drive(scene, joint, in_degrees=spec.compiler.degree)
    homes = [joint.home_rad for joint in robot.joint]
    scene.add_key(
        name="home",
        qpos=[0.0, 0.0, robot.height_m, 1.0, 0.0, 0.0, 0.0, *homes],
        ctrl=[_standing(joint) for joint in robot.joint],
    )
    return scene


TIMESTEP_S = 0.002
"""The one of the task, where nothing depends on it [s]."""


def model_on_ground(robot: Robot) -> mujoco.MjModel:
    """The compiled scene, for what does not depend on the time step; raises as `on_ground`."""
    spec = on_ground(robot, TIMESTEP_S)
    return spec.compile()


def foot_site(leg: Leg) -> str:
    """Name of the site in a foot; the geom there is `<site>_collision`."""
    return f"{PREFIX}{leg.name}_foot"


def _floor() -> mujoco.MjSpec:
    files = ("ground.xml", "legged.xml")
    includes = "".join(f"<include file={quoteattr(str(asset_path(name)))}/>" for name in files)
    return mujoco.MjSpec.from_string(f'<mujoco model="ground">{includes}</mujoco>')


def _check_names(spec: mujoco.MjSpec, robot: Robot) -> None:
    wanted = [("body", robot.torso)]
    wanted += [("joint", joint.name) for joint in robot.joint]
    wanted += [("body", leg.foot_body) for leg in robot.leg]
    wanted += [("geom", leg.foot_geom) for leg in robot.leg if leg.foot_geom]
    wanted += [("geom", name) for name in robot.touching]
    check_names(spec, robot.name, robot.model, wanted)


def _keep_legs(spec: mujoco.MjSpec, robot: Robot) -> None:
    """Leave no joints but the legs', and nothing that looks or marks."""
    kept = {joint.name for joint in robot.joint}
    unwanted = [joint for joint in spec.joints if joint.name not in kept]
    for element in (*unwanted, *spec.sites, *spec.cameras):
        spec.delete(element)
    for body in spec.bodies[1:]:
        body.gravcomp = 0.0
        body.mocap = False


def _show(spec: mujoco.MjSpec) -> None:
    """Let the robot be seen by what collides where most of it has nothing else to be seen by."""
    shaped = [body.geoms for body in spec.bodies[1:] if body.geoms]
    hidden = [geoms for geoms in shaped if all(geom.group >= HIDDEN for geom in geoms)]
    if 2 * len(hidden) > len(shaped):
        for geom in spec.geoms:
            geom.group = 0


def _make_solid(spec: mujoco.MjSpec, robot: Robot, ours: mujoco.MjsGeom) -> None:
    """Let feet and what else touches the ground touch it, and only it."""
    solid = [spec.geom(name) for name in robot.touching]
    for geom in spec.geoms:
        geom.contype = geom.conaffinity = 0
    solid += [_foot(spec, leg) for leg in robot.leg]
    for geom in solid:
        geom.conaffinity, geom.condim, geom.priority, geom.margin = 1, ours.condim, 0, 0.0
        geom.friction, geom.solref, geom.solimp = ours.friction, ours.solref, ours.solimp


def _foot(spec: mujoco.MjSpec, leg: Leg) -> mujoco.MjsGeom:
    name = f"{leg.name}_foot_collision"
    foot = spec.geom(leg.foot_geom) if leg.foot_geom else None
    namesake = spec.geom(name)
    if namesake is not None and namesake is not foot:
        namesake.name += "_"
    if foot is None:
        return spec.body(leg.foot_body).add_geom(
            name=name,
            type=mujoco.mjtGeom.mjGEOM_SPHERE,
            pos=leg.foot_position_m,
            size=[leg.foot_radius_m, 0, 0],
            mass=0.0,
            group=3,
        )
    foot.name = name
    return foot


def _set_free(scene: mujoco.MjSpec, robot: Robot) -> None:
    """A torso that moves freely, its lights and its cameras, as far away as it is large."""
    torso = scene.body(PREFIX + robot.torso)
    torso.pos, torso.quat = (0.0, 0.0, robot.height_m), (1.0, 0.0, 0.0, 0.0)
    torso.add_freejoint(name=ROOT)
    torso.add_site(name=torso.name, size=[0.012] * 3, group=4)
    for name, kind in LIGHTS.items():
        torso.add_light(scene.find_default(kind), name=name)
    size = robot.leg_m / LEG_M
    scene.stat.extent *= size
    for name, (place, axes) in CAMERAS.items():
        camera = torso.add_camera(
            scene.find_default("legged"), name=name, pos=size * np.array(place)
        )
        camera.alt.type = mujoco.mjtOrientation.mjORIENTATION_XYAXES
        camera.alt.xyaxes = axes


def _drive(scene: mujoco.MjSpec, described: Joint, *, in_degrees: bool) -> None:
    """A servo whose range and torque are limited by itself, as our quadruped's are."""
    joint, servo = add_servo(scene, described, in_degrees=in_degrees)
    joint.solref_limit = scene.find_default("leg_joint").joint.solref_limit
    joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
    joint.actgravcomp = False
    most = described.torque_nm
    servo.ctrlrange = described.low_rad, described.high_rad
    servo.ctrllimited = mujoco.mjtLimited.mjLIMITED_TRUE
    servo.forcerange, servo.forcelimited = (-most, most), mujoco.mjtLimited.mjLIMITED_TRUE


def _standing(joint: Joint) -> float:
    """What is commanded to stand: beyond home by what the servo yields [rad]."""
    wanted = joint.home_rad + joint.standing_nm / joint.stiffness_nm_rad
    return float(np.clip(wanted, joint.low_rad, joint.high_rad))
