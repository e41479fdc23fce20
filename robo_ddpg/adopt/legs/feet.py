"""What of a leg touches the ground: a sphere of the file's, or one that is added."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import below
from robo_ddpg.adopt.legs.find import Limb, Stand
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.tip import geom_corners
from tasks.arrays import Array

AS_FAR = 0.95
"""A sphere is the foot if it reaches this far, compared with the farthest that collides."""
AT_END = 0.97
"""Points of a shape are at its end if they reach this far, compared with the farthest."""
RADIUS_SHARE = 0.047
"""Radius of a foot that is added, as a share of the farthest reach from the knee: our quadruped's
compared with its whole leg, so that it is a small one."""
_SPHERE, _CAPSULE = (int(getattr(mujoco.mjtGeom, f"mjGEOM_{n}")) for n in ("SPHERE", "CAPSULE"))


@dataclass(frozen=True)
class Foot:
    """The foot of a leg."""

    body: int
    """The body that it is on."""
    position: Array
    """Middle of its sphere, on that body [m], (3,)."""
    radius_m: float
    """Radius of the sphere [m]."""
    geom: str
    """The geom of the file; empty: a sphere is added."""


def find_foot(stand: Stand, limb: Limb, sources: Sources) -> Foot:
    """The foot of a leg: what is farthest from its knee.

    Args:
        stand: the robot.
        limb: one of its legs.
        sources: where this is noted.
    """
    model, data = stand.model, mujoco.MjData(stand.model)
    mujoco.mj_kinematics(model, data)
    knee = data.xanchor[limb.joints[2]]
    bodies = set(below(model, int(model.jnt_bodyid[limb.joints[2]])))
    geoms = [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in bodies]
    solid = [geom for geom in geoms if collides(model, geom)]
    ends = {geom: _round_end(model, data, geom, knee) for geom in solid}
    reaches = {geom: _reach(model, data, geom, knee) for geom in solid}
    most = max(reaches.values(), default=0.0)
    spheres = [g for g in solid if ends[g] is not None and reaches[g] >= AS_FAR * most]
    if spheres:
        best = min(spheres, key=lambda geom: (model.geom_type[geom] != _SPHERE, -reaches[geom]))
        return _given(model, data, best, ends[best], limb, sources)
    return _added(model, data, solid or geoms, limb, knee, sources)


def foot_place(data: mujoco.MjData, foot: Foot) -> Array:
    """Where a foot is now [m], (3,)."""
    turned = data.xmat[foot.body].reshape(3, 3)
    return np.asarray(data.xpos[foot.body] + turned @ foot.position)


def leg_length(stand: Stand, feet: list[Foot], sources: Sources) -> float:
    """Mean length of thigh and calf together, across the hip's axis [m]."""
    data = mujoco.MjData(stand.model)
    mujoco.mj_kinematics(stand.model, data)
    total = 0.0
    for limb, foot in zip(stand.limbs, feet, strict=True):
        _, hip, knee = (data.xanchor[joint] for joint in limb.joints)
        axis = data.xaxis[limb.joints[1]]
        for part in (knee - hip, foot_place(data, foot) - knee):
            total += _length(part - (part @ axis) * axis)
    sources.of["leg_m"] = "from the hip's axis to the knee's and on to the foot"
    return total / len(feet)


def collides(model: mujoco.MjModel, geom: int) -> bool:
    """Whether a geom can touch anything in its own file."""
    return bool(model.geom_contype[geom] or model.geom_conaffinity[geom])


def _round_end(model: mujoco.MjModel, data: mujoco.MjData, geom: int, knee: Array) -> Array | None:
    """Middle of the sphere at the far end of a sphere or capsule [m]; None of other shapes."""
    middle = np.array(data.geom_xpos[geom])
    if model.geom_type[geom] == _SPHERE:
        return middle
    if model.geom_type[geom] != _CAPSULE:
        return None
    half = model.geom_size[geom, 1] * data.geom_xmat[geom].reshape(3, 3)[:, 2]
    return np.asarray(max(middle - half, middle + half, key=lambda end: _length(end - knee)))


def _reach(model: mujoco.MjModel, data: mujoco.MjData, geom: int, knee: Array) -> float:
    end = _round_end(model, data, geom, knee)
    if end is not None:
        return _length(end - knee) + float(model.geom_size[geom, 0])
    return max(map(_length, geom_corners(model, data, geom) - knee))


def _given(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    geom: int,
    end: Array | None,
    limb: Limb,
    sources: Sources,
) -> Foot:
    assert end is not None
    name = model.geom(geom).name
    _note(limb, f"the end of {name!r}, the farthest that collides", sources)
    radius = float(model.geom_size[geom, 0])
    return _on_body(model, data, int(model.geom_bodyid[geom]), end, radius, name)


def _added(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    geoms: list[int],
    limb: Limb,
    knee: Array,
    sources: Sources,
) -> Foot:
    """A sphere inside the end of a shape; without any shape, at the last body."""
    body = max(below(model, int(model.jnt_bodyid[limb.joints[2]])))
    corners, what = data.xpos[body][None], f"the origin of {model.body(body).name!r}"
    if geoms:
        geom = max(geoms, key=lambda g: _reach(model, data, g, knee))
        corners, body = geom_corners(model, data, geom), int(model.geom_bodyid[geom])
        what = f"the end of {model.geom(geom).name!r}"
    lengths = np.linalg.norm(corners - knee, axis=1)
    farthest = corners[lengths >= AT_END * lengths.max()].mean(0)
    radius = RADIUS_SHARE * _length(farthest - knee)
    _note(limb, f"a sphere is added at {what}, for the file has none there", sources)
    sources.doubt("feet are added where the file has no spheres: look at feet.png")
    middle = farthest - radius * (farthest - knee) / max(_length(farthest - knee), 1e-9)
    return _on_body(model, data, body, middle, radius, "")


def _on_body(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    body: int,
    place: Array,
    radius: float,
    geom: str,
) -> Foot:
    turned = data.xmat[body].reshape(3, 3)
    return Foot(body, turned.T @ (place - data.xpos[body]), radius, geom)


def _note(limb: Limb, source: str, sources: Sources) -> None:
    sources.of[f"leg.{limb.name}.foot_geom"] = source


def _length(vector: Array) -> float:
    return float(np.linalg.norm(vector))
