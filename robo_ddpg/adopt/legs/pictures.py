"""Pictures of an adopted robot on legs, to see at a glance whether it was understood."""

from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np

from robo_ddpg.adopt.legs.adopt import Adoption
from robo_ddpg.adopt.pictures import AXES, ORANGE, add_mark, shot
from tasks.arrays import Array
from tasks.described.attaching import PREFIX
from tasks.legged.described.description import Robot
from tasks.legged.described.mounting import TIMESTEP_S, foot_site, model_on_ground, on_ground

GREEN, SHADOW = (0.1, 0.8, 0.3, 1.0), (0.6, 0.6, 0.6, 0.25)
_SPHERE = mujoco.mjtGeom.mjGEOM_SPHERE
_CAPSULE = mujoco.mjtGeom.mjGEOM_CAPSULE


def draw(adoption: Adoption, folder: Path) -> list[Path]:
    """Write home.png, feet.png, axes.png and contacts.png.

    Returns:
        Their paths.
    """
    folder.mkdir(parents=True, exist_ok=True)
    robot = adoption.robot
    whole = np.array([0.0, 0.0, 0.55 * robot.height_m])
    foot = _foot(robot)
    shots: dict[str, tuple[Callable[[mujoco.MjSpec, Robot], None], Array, float]] = {
        "home": (lambda spec, robot: None, whole, 3.4 * robot.leg_m),
        "feet": (_draw_feet, foot, 1.8 * robot.leg_m),
        "axes": (_draw_axes, whole, 3.4 * robot.leg_m),
        "contacts": (_draw_contacts, whole, 3.4 * robot.leg_m),
    }
    return [_shot(robot, folder / f"{name}.png", *each) for name, each in shots.items()]


def _shot(
    robot: Robot,
    path: Path,
    change: Callable[[mujoco.MjSpec, Robot], None],
    at: Array,
    far_m: float,
) -> Path:
    spec = on_ground(robot, TIMESTEP_S)
    change(spec, robot)
    return shot(spec, path, at, far_m)


def _foot(robot: Robot) -> Array:
    """Where the front right foot is at home, which is near the camera [m]."""
    model = model_on_ground(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_kinematics(model, data)
    near = next(leg for leg in robot.leg if leg.name == "FR")
    return np.array(data.site(foot_site(near)).xpos)


def _fade(spec: mujoco.MjSpec) -> None:
    for geom in spec.geoms:
        if geom.name.startswith(PREFIX):
            geom.material, geom.rgba = "", SHADOW


def _draw_feet(spec: mujoco.MjSpec, robot: Robot) -> None:
    """Their spheres, green; the rest of the robot is a shadow of itself."""
    _fade(spec)
    for leg in robot.leg:
        body = spec.body(PREFIX + leg.foot_body)
        size = [leg.foot_radius_m, 0, 0]
        add_mark(body, f"{leg.name}_mark", _SPHERE, size, GREEN, pos=leg.foot_position_m)


def _draw_axes(spec: mujoco.MjSpec, robot: Robot) -> None:
    """Of each joint: abductions red, hips green, knees blue; a ball is where an axis points to."""
    _fade(spec)
    thick, long = 0.012 * robot.leg_m, 0.2 * robot.leg_m
    for index, joint in enumerate(robot.joint):
        hinge, colour = spec.joint(PREFIX + joint.name), AXES[index % len(AXES)]
        end = np.array(hinge.pos) + long * np.array(hinge.axis) / np.linalg.norm(hinge.axis)
        ends = [*hinge.pos, *end]
        add_mark(hinge.parent, f"axis{index}", _CAPSULE, [thick, 0, 0], colour, fromto=ends)
        add_mark(hinge.parent, f"head{index}", _SPHERE, [2 * thick, 0, 0], colour, pos=end)


def _draw_contacts(spec: mujoco.MjSpec, robot: Robot) -> None:
    """What the ground is solid for, orange, feet green; the rest is a shadow of itself."""
    _fade(spec)
    feet = {f"{foot_site(leg)}_collision" for leg in robot.leg}
    for geom in spec.geoms:
        if geom.name in feet or geom.name.removeprefix(PREFIX) in robot.touching:
            geom.group, geom.rgba = 0, GREEN if geom.name in feet else ORANGE
