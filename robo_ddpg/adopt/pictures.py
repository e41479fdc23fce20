"""Pictures of an adopted robot, to see at a glance whether it was understood."""

from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import mujoco
import numpy as np

from robo_ddpg.adopt.adopt import Adoption
from robo_ddpg.rendering.renderer import FrameRenderer
from tasks.arm.described.cell import gripping
from tasks.arm.described.description import Robot
from tasks.arm.described.mounting import TIMESTEP_S, TIP, model_at_table, mounted
from tasks.arm.grasp_scene import FINGERS, PADS
from tasks.arrays import Array
from tasks.described.attaching import PREFIX

SIZE = (640, 480)
"""Width and height [px]."""
FROM = np.array([0.62, -0.65, 0.42])
"""Direction that pictures are taken from."""
GREEN, RED, ORANGE = (0.1, 0.8, 0.3, 1.0), (0.9, 0.2, 0.2, 0.5), (1.0, 0.5, 0.1, 1.0)
AXES = ((0.9, 0.1, 0.1, 1), (0.1, 0.7, 0.1, 1), (0.1, 0.3, 1.0, 1))
"""Colours of x, y and z."""
_SPHERE = mujoco.mjtGeom.mjGEOM_SPHERE
_CAPSULE = mujoco.mjtGeom.mjGEOM_CAPSULE
_BOX = mujoco.mjtGeom.mjGEOM_BOX


def draw(adoption: Adoption, folder: Path) -> list[Path]:
    """Write home.png, workspace.png, tip.png and contacts.png, of a gripper gripper.png too.

    Returns:
        Their paths.
    """
    folder.mkdir(parents=True, exist_ok=True)
    robot, found = adoption.robot, adoption.found
    middle = (found.low + found.high) / 2
    far = 1.0 + 1.6 * float(np.linalg.norm(found.high))
    tip = _tip_at_home(robot)

    def nothing(spec: mujoco.MjSpec) -> None:
        pass

    def workspace(spec: mujoco.MjSpec) -> None:
        _draw_workspace(spec, adoption)

    shots: dict[str, tuple[Callable[[mujoco.MjSpec], None], Array, float]] = {
        "home": (nothing, 0.5 * middle, far),
        "workspace": (workspace, 0.7 * middle, far),
        "tip": (_draw_tip, tip, 0.55),
        "contacts": (lambda spec: _draw_contacts(spec, robot), 0.5 * middle, far),
    }
    paths = [_shot(robot, folder / f"{name}.png", *each) for name, each in shots.items()]
    if robot.gripper is not None:
        grips = gripping(robot, robot.gripper)
        place = _tip_at_home(grips)
        paths.append(_shot(grips, folder / "gripper.png", _draw_gripper, place, 0.55, grips=True))
    return paths


def _shot(
    robot: Robot,
    path: Path,
    change: Callable[[mujoco.MjSpec], None],
    at: Array,
    far_m: float,
    *,
    grips: bool = False,
) -> Path:
    spec = mounted(robot, TIMESTEP_S, grips=grips)
    change(spec)
    return shot(spec, path, at, far_m)


def shot(spec: mujoco.MjSpec, path: Path, at: Array, far_m: float) -> Path:
    """A picture of a scene at its first keyframe.

    Args:
        spec: the scene; it gets a camera more.
        path: of the picture.
        at: what is in the middle of it [m].
        far_m: how far away the camera is [m].
    """
    back = FROM / np.linalg.norm(FROM)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    turn = np.zeros(4)
    mujoco.mju_mat2Quat(turn, np.stack([right, np.cross(back, right), back], 1).flatten())
    spec.worldbody.add_camera(name="shot", pos=at + far_m * back, quat=turn, fovy=35)
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    with FrameRenderer(model, *SIZE, camera="shot") as renderer:
        iio.imwrite(path, renderer.render(data))
    return path


def _tip_at_home(robot: Robot) -> Array:
    model = model_at_table(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_kinematics(model, data)
    return np.array(data.site(TIP).xpos)


def _draw_workspace(spec: mujoco.MjSpec, adoption: Adoption) -> None:
    """The goals' box, and what the arm gets to of the grid: green where it does."""
    found = adoption.found
    for index, point in enumerate(found.grid.points):
        reached = bool(found.grid.reached.ravel()[index])
        add_mark(
            spec.worldbody,
            f"point{index}",
            _SPHERE,
            [0.006 if reached else 0.003, 0, 0],
            GREEN if reached else RED,
            pos=point,
        )
    add_mark(
        spec.worldbody,
        "goals",
        _BOX,
        (found.high - found.low) / 2,
        (0.1, 0.8, 0.3, 0.2),
        pos=(found.low + found.high) / 2,
    )


def _draw_tip(spec: mujoco.MjSpec) -> None:
    """Its axes, x red, y green, z blue: z should point out of the hand."""
    site = spec.site(TIP)
    frame = np.zeros(9)
    mujoco.mju_quat2Mat(frame, np.array(site.quat))
    for axis, colour in enumerate(AXES):
        end = site.pos + 0.1 * frame.reshape(3, 3)[:, axis]
        add_mark(
            site.parent, f"axis{axis}", _CAPSULE, [0.004, 0, 0], colour, fromto=[*site.pos, *end]
        )


def _draw_gripper(spec: mujoco.MjSpec) -> None:
    """The tip's axes, which close along y (green), and what objects can touch: orange the pads."""
    _draw_tip(spec)
    for geom in spec.geoms:
        if geom.name in PADS:
            geom.group, geom.rgba = 0, ORANGE
        elif geom.name in FINGERS:
            geom.group, geom.rgba = 0, (*ORANGE[:3], 0.25)


def _draw_contacts(spec: mujoco.MjSpec, robot: Robot) -> None:
    """What the table is solid for, orange; the rest of the robot is a shadow of itself."""
    touching = {PREFIX + name for name in robot.touching}
    for geom in spec.geoms:
        if geom.name in touching:
            geom.group, geom.material, geom.rgba = 0, "", ORANGE
        elif geom.name.startswith(PREFIX):
            geom.material, geom.rgba = "", (0.6, 0.6, 0.6, 0.25)


def add_mark(
    body: mujoco.MjsBody,
    name: str,
    kind: mujoco.mjtGeom,
    size: Array | list[float],
    rgba: tuple[float, ...],
    **where: object,
) -> None:
    """Add a geom that is only to be seen."""
    body.add_geom(
        name=name,
        type=kind,
        size=size,
        rgba=rgba,
        material="",  # that of the robot's defaults has another name here
        contype=0,
        conaffinity=0,
        mass=0,
        group=0,
        **where,
    )
