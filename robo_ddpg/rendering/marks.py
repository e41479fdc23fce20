"""Commands drawn into a scene: rings around a goal, an arrow for a velocity, an arc for a turn."""

import itertools
from collections.abc import Mapping
from typing import Any

import mujoco
import numpy as np

from tasks.arrays import Array
from tasks.commands import Command, Point, Turn, Velocity

GREEN = (0.05, 0.85, 0.40, 1.0)
_THIN = 0.07
"""Radius of what rings are bent from, as a share of theirs."""
_SEGMENTS = 28
"""Of a ring."""
_SHAFT_M = 0.011
"""Radius of an arrow's shaft [m]; its head is twice as wide."""
_TURN_S = 1.5
"""An arc is as long as what is turned in this time [s]."""
_LEAST_M = 0.02
"""Shorter arrows are points, which are not drawn [m]."""


def draw(
    scene: Any, data: mujoco.MjData, commanded: Mapping[str, Command], values: Mapping[str, Any]
) -> None:
    """Add commands to a scene.

    Args:
        scene: mujoco.MjvScene of the state, changed.
        data: the state; its positions are current.
        commanded: what there is to draw.
        values: what is commanded now, (k,) each.
    """
    for name, command in commanded.items():
        if name not in values:
            continue
        match command:
            case Point():
                _hide(scene, data.model, command.marker)
                _ring(scene, np.asarray(values[name]), command.radius_m)
            case Velocity():
                _velocity(scene, data.body(command.body), command, values[name])
            case Turn():
                _turn(scene, data.body(command.body), command, float(values[name][0]))


def _ring(scene: Any, centre: Array, radius: float) -> None:
    for axes in np.eye(3)[[[0, 1], [1, 2], [2, 0]]]:
        circle = centre + radius * _arc(0.0, 2 * np.pi, _SEGMENTS) @ axes
        for start, end in itertools.pairwise(circle):
            _connect(scene, mujoco.mjtGeom.mjGEOM_CYLINDER, _THIN * radius, start, end)


def _velocity(scene: Any, body: Any, command: Velocity, value: Any) -> None:
    plane = np.zeros(2)
    plane[: len(value)] = value
    start = _above(body, command.above_m)
    step = command.second_m * plane @ _heading(body)
    if np.linalg.norm(step) >= _LEAST_M:
        _connect(scene, mujoco.mjtGeom.mjGEOM_ARROW, _SHAFT_M, start, start + step)


def _turn(scene: Any, body: Any, command: Turn, rate: float) -> None:
    most = 0.9 * np.pi
    angle = float(np.clip(_TURN_S * rate, -most, most))
    if abs(angle) * command.radius_m < _LEAST_M:
        return
    centre = _above(body, command.above_m)
    count = max(4, round(_SEGMENTS * abs(angle) / (2 * np.pi)))
    arc = centre + command.radius_m * _arc(0.0, angle, count) @ _heading(body)
    *shaft, (_, neck) = itertools.pairwise(arc)
    for start, end in shaft:
        _connect(scene, mujoco.mjtGeom.mjGEOM_CAPSULE, 0.6 * _SHAFT_M, start, end)
    tangent = (neck - arc[-2]) / np.linalg.norm(neck - arc[-2])
    tip = arc[-2] + 5 * _SHAFT_M * tangent
    _connect(scene, mujoco.mjtGeom.mjGEOM_ARROW, 0.9 * _SHAFT_M, arc[-2], tip)


def _heading(body: Any) -> Array:
    """Forward and left of a body as horizontal unit vectors, (2, 3)."""
    x, y = body.xmat[0], body.xmat[3]
    forward = np.array([x, y, 0.0]) / max(float(np.hypot(x, y)), 1e-9)
    return np.stack([forward, [-forward[1], forward[0], 0.0]])


def _above(body: Any, height: float) -> Array:
    return np.array([body.xpos[0], body.xpos[1], body.xpos[2] + height])


def _arc(start: float, end: float, segments: int) -> Array:
    angles = np.linspace(start, end, segments + 1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _connect(scene: Any, kind: int, radius: float, start: Array, end: Array) -> None:
    if scene.ngeom == scene.maxgeom:
        return
    geom = scene.geoms[scene.ngeom]
    mujoco.mjv_initGeom(geom, kind, np.zeros(3), np.zeros(3), np.zeros(9), np.array(GREEN, "f4"))
    mujoco.mjv_connector(geom, kind, radius, start, end)
    geom.emission = 0.6
    geom.category = mujoco.mjtCatBit.mjCAT_DECOR
    scene.ngeom += 1


def _hide(scene: Any, model: mujoco.MjModel, body: str) -> None:
    """Make the geoms of a body transparent."""
    hidden = model.body(body).id if body else -1
    for geom in scene.geoms[: scene.ngeom]:
        is_geom = geom.objtype == mujoco.mjtObj.mjOBJ_GEOM
        if is_geom and model.geom_bodyid[geom.objid] == hidden:
            geom.matid, geom.rgba[3] = -1, 0.0
