"""Where the tip is, and which way points out of the hand."""

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import Chain, below
from robo_ddpg.adopt.sources import Sources
from tasks.arm.described.hand import Tip
from tasks.arrays import Array

ALONG = 0.7
"""Cosine from which the last joint counts as turning the hand about its own axis."""
WIDEST_M = 0.1
"""Half the width of a hand at most [m]: cameras and cables do not count."""
SAME = 0.996
"""Cosine from which directions count as the same: 5 degrees."""
AXES = dict(zip("xyz", np.eye(3), strict=True))
AXES |= {f"-{name}": -axis for name, axis in AXES.items()}


def find_tip(
    model: mujoco.MjModel, chain: Chain, sources: Sources, approach: str | None = None
) -> Tip:
    """The tip of an arm, as a frame on its body whose z axis points out of the hand.

    Args:
        model: the robot by itself.
        chain: its joints and body.
        sources: where this is noted.
        approach: axis of the tip's own frame that points out of the hand, such as `x` or `-z`.
    """
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    origin, turned = data.xpos[chain.body], data.xmat[chain.body].reshape(3, 3)
    if chain.proposed:
        where, frame = _proposed(model, data, chain), turned
        sources.doubt("the tip is only proposed: look at tip.png, or name a site or body by --tip")
    elif chain.site is None:
        where, frame = origin, turned
    else:
        where, frame = data.site_xpos[chain.site], data.site_xmat[chain.site].reshape(3, 3)
    if approach is not None:
        out = frame @ AXES[approach]
        sources.of["tip.quaternion"] = f"z is {approach} of its own frame, as --approach says"
    else:
        out = _outward(data, chain, where)
        sources.of["tip.quaternion"] = "z along the last joint, away from the wrist"
    sources.of["tip.position_m"] = sources.of["tip.body"] = chain.source
    rotation = turned.T @ _facing(frame, out)
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, rotation.flatten())
    position = turned.T @ (where - origin)
    x, y, z = _rounded(position)
    real, i, j, k = _rounded(quaternion)
    return Tip(model.body(chain.body).name, (x, y, z), (real, i, j, k))


def _rounded(values: Array) -> list[float]:
    return [float(value) + 0.0 for value in np.round(values, 6)]


def _outward(data: mujoco.MjData, chain: Chain, where: Array) -> Array:
    """Unit vector out of the hand: the last joint's axis, or the way from it to the tip."""
    last, before = chain.joints[-1], chain.joints[-2]
    axis, way = data.xaxis[last], where - data.xanchor[before]
    length = float(np.linalg.norm(way))
    if length > 0 and abs(axis @ way) > ALONG * length:
        return np.asarray(np.copysign(1.0, axis @ way) * axis)
    way = where - data.xanchor[last]
    length = float(np.linalg.norm(way))
    return np.asarray(way / length if length > 1e-6 else axis)


def _facing(frame: Array, out: Array) -> Array:
    """A frame turned as little as possible so that its z axis is `out`."""
    if frame[:, 2] @ out > SAME:
        return frame
    nearest = int(np.argmax(np.abs(frame.T @ out)))
    side = frame[:, (nearest + 1) % 3]
    across = np.cross(out, side)
    across /= np.linalg.norm(across)
    return np.stack([np.cross(across, out), across, out], 1)


def _proposed(model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> Array:
    """The farthest point of the hand, on the line that leads out of it."""
    anchor = data.xanchor[chain.joints[-1]]
    corners = np.concatenate(
        [geom_corners(model, data, geom) for geom in _geoms(model, chain.body)] or [anchor[None]]
    )
    middle = corners.mean(0)
    out = _outward(data, chain, middle if np.linalg.norm(middle - anchor) > 1e-3 else anchor)
    reach = ((corners - anchor) @ out).max()
    return np.asarray(anchor + max(reach, 0.0) * out)


def _geoms(model: mujoco.MjModel, body: int) -> list[int]:
    bodies = set(below(model, body))
    return [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in bodies]


def geom_corners(model: mujoco.MjModel, data: mujoco.MjData, geom: int) -> Array:
    """A mesh's vertices, or the corners of a shape's bounding box, in the world [m], (k, 3)."""
    rotation = data.geom_xmat[geom].reshape(3, 3)
    return np.asarray(data.geom_xpos[geom] + _corners(model, geom) @ rotation.T)


def _corners(model: mujoco.MjModel, geom: int) -> Array:
    if model.geom_type[geom] == int(mujoco.mjtGeom.mjGEOM_MESH):
        mesh = int(model.geom_dataid[geom])
        first = int(model.mesh_vertadr[mesh])
        return np.asarray(model.mesh_vert[first : first + int(model.mesh_vertnum[mesh])], float)
    centre, half = np.split(model.geom_aabb[geom], 2)
    signs = np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T
    return np.asarray(centre + signs * half)


def beyond_tip(model: mujoco.MjModel, site: int, *, down: bool) -> float:
    """How far below the site at its tip the hand may reach [m], 0 or more.

    Args:
        model: a scene with the arm in it.
        site: at the tip.
        down: whether the hand always points down; otherwise its side may be the lowest.
    """
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    where, frame = data.site_xpos[site], data.site_xmat[site].reshape(3, 3)
    geoms = _geoms(model, int(model.body_weldid[model.site_bodyid[site]]))
    points = np.concatenate([where[None], *(geom_corners(model, data, geom) for geom in geoms)])
    across, along = np.split((points - where) @ frame, [2], axis=1)
    beside = 0.0 if down else min(float(np.linalg.norm(across, axis=1).max()), WIDEST_M)
    return max(float(along.max()), beside)
