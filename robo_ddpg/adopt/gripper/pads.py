"""Where the fingers of a gripper face each other: found by looking from between them."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import below
from robo_ddpg.adopt.gripper.travel import SAMPLES, SEEN, NoGripperError, Travel, middle_of
from robo_ddpg.adopt.tip import geom_corners
from tasks.arm.described.hand import Shape, Tip
from tasks.arrays import Array, Ids, Mask

LOOKED_AT = 5
"""The sample of the travel that pads are looked for at: about as open as around an object."""
STEP_M = 0.002
"""Distance of the rays [m]."""
WIDE_M, LONG_M = 0.04, 0.09
"""How far from the middle, across, and from the fingers' ends rays are cast [m]."""
END_M = 0.035
"""How far from the fingers' ends pads are, at most [m]: linkages face each other farther up."""
FLAT_M = 0.002
"""Depth within which a pad counts as flat [m]."""
FILLED = 0.9
"""Share of a pad's rectangle that is part of it."""
LEAST_M2 = 0.6e-4
"""Area of a pad at least [m^2]."""
PAD_M, PAD_HIGH_M = 0.0125, 0.025
"""Half the width of a pad, and its height, at most [m]."""
TIP_M = 0.009
"""How far the tip is from the pads' lower edge, at most [m]."""
THICK_M = 0.002
"""Half the thickness of a pad [m]."""
BEHIND_M, FINGER_M = 0.0015, 0.012
"""How far behind the pad's face the finger begins and ends [m]."""
PALM_M = (0.03, 0.05, 0.01)
"""Half the sides of the palm [m]."""


@dataclass(frozen=True)
class Pads:
    """What was found."""

    tip: Tip
    """The point between the pads."""
    fingers: tuple[str, str]
    """The bodies of the left and the right pad."""
    gaps_m: Array
    """Distance of the pads at every sample of the travel [m], (SAMPLES,)."""
    beyond_m: float
    """How far the fingers reach beyond the tip, at most [m]."""
    shapes: tuple[Shape, ...]
    """What an object can touch."""


@dataclass(frozen=True)
class _Side:
    """What rays towards one side met, of a grid across and along the hand."""

    depth: Array
    """Distance from the middle [m], infinite where nothing is, (x, z)."""
    body: Array
    """The body that was met, (x, z)."""


@dataclass(frozen=True)
class _Region:
    """The pads on the grid."""

    x: Array
    """Least and greatest coordinate across the hand [m], (2,)."""
    z: Array
    """Likewise along it."""
    left: float
    """Depth of the left pad's face [m]."""
    right: float
    """Depth of the right one's [m]."""
    bodies: tuple[int, int]
    """The left and the right one's."""


def find_pads(travel: Travel, hand: str, out: Array) -> Pads:
    """The pads of a gripper.

    Args:
        travel: how it moves.
        hand: the body that the fingers grow from.
        out: which way points out of the hand, in the world, (3,).

    Raises:
        NoGripperError: no two surfaces of it face each other.
    """
    model, data = travel.model, travel.at(LOOKED_AT)
    frame = _frame(travel, out)
    corners = _corners(model, data, travel.moving) @ frame
    middle = (corners.max(0) + corners.min(0)) / 2
    xs = middle[0] + np.arange(-WIDE_M, WIDE_M + STEP_M / 2, STEP_M)
    zs = corners[:, 2].max() - np.arange(STEP_M / 2, LONG_M, STEP_M)[::-1]
    left, right = (_look(model, data, frame, xs, zs, middle[1], sign) for sign in (1, -1))
    region = _region(left, right, xs, zs)
    where = frame @ np.array(
        [
            region.x.mean(),
            middle[1] + (region.left - region.right) / 2,
            max(region.z.mean(), region.z[1] - TIP_M),
        ]
    )
    tip = _tip(model, data, hand, where, frame)
    bodies = region.bodies
    names = (model.body(bodies[0]).name, model.body(bodies[1]).name)
    beyond = max(
        (_corners(model, travel.at(sample), travel.moving) @ frame)[:, 2].max()
        for sample in range(SAMPLES)
    )
    shapes = _shapes(model, data, frame, middle[1], region, (left, right), xs, zs)
    palm = _palm(travel, data, hand, where, frame)
    return Pads(
        tip,
        names,
        _gaps(travel, region, frame, where),
        float(beyond - where @ frame[:, 2]),
        (*shapes, palm),
    )


def _frame(travel: Travel, out: Array) -> Array:
    """Axes across the fingers, along which they close, and out of the hand, as columns."""
    model, closed, open_ = travel.model, travel.at(0), travel.at(SAMPLES - 1)
    ways = np.array(
        [middle_of(model, open_, b) - middle_of(model, closed, b) for b in travel.moving]
    )
    ways -= np.outer(ways @ out, out)
    along = np.linalg.svd(ways)[2][0]
    along *= np.copysign(1.0, along[np.abs(along).argmax()])
    return np.stack([np.cross(along, out), along, out], 1)


def _corners(model: mujoco.MjModel, data: mujoco.MjData, bodies: tuple[int, ...]) -> Array:
    geoms = [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in bodies]
    if not geoms:
        raise NoGripperError("fingers without shapes")
    return np.concatenate([geom_corners(model, data, geom) for geom in geoms])


def _look(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    frame: Array,
    xs: Array,
    zs: Array,
    y: float,
    sign: int,
) -> _Side:
    """Cast rays along the closing direction, from between the fingers."""
    depth = np.full((len(xs), len(zs)), np.inf)
    body = np.zeros((len(xs), len(zs)), int)
    groups = np.zeros(6, np.uint8)
    groups[SEEN] = 1
    met = np.zeros(1, np.int32)
    for i, x in enumerate(xs):
        for k, z in enumerate(zs):
            start = frame @ np.array([x, y, z])
            far = mujoco.mj_ray(model, data, start, sign * frame[:, 1], groups, True, -1, met)
            if far >= 0:
                depth[i, k], body[i, k] = far, model.geom_bodyid[met[0]]
    return _Side(depth, body)


def _region(left: _Side, right: _Side, xs: Array, zs: Array) -> _Region:
    """The innermost of what faces each other that is large enough."""
    gap = left.depth + right.depth
    gap[:, zs < zs.max() - END_M] = np.inf
    gap[left.body == right.body] = np.inf
    least = int(np.ceil(LEAST_M2 / STEP_M**2))
    inner = np.sort(gap[np.isfinite(gap)])
    if len(inner) < least:
        raise NoGripperError("no two fingers that face each other")
    facing = gap <= inner[least - 1] + FLAT_M
    x, z = _rectangle(facing, xs, zs)
    faces = [float(np.quantile(side.depth[facing], 0.25)) for side in (left, right)]
    bodies = _most(left.body, facing), _most(right.body, facing)
    return _Region(x, z, faces[0], faces[1], bodies)


def _rectangle(facing: Mask, xs: Array, zs: Array) -> tuple[Array, Array]:
    """The ends across and along of the largest rectangle that is nearly all of a pad [m].

    Among those of one size it is near the middle, and near the fingers' ends.
    """
    table = np.pad(facing.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    i0, i1 = _sides(len(xs), 2 * PAD_M)
    k0, k1 = _sides(len(zs), PAD_HIGH_M)
    rows = table[i1] - table[i0]
    area = np.outer(i1 - i0, k1 - k0)
    aside = np.abs(i0 + i1 - 1 - 2 * np.nonzero(facing)[0].mean())
    score = area + 0.01 * k1 - 0.02 * aside[:, None]
    score[rows[:, k1] - rows[:, k0] < FILLED * area] = -np.inf
    i, k = np.unravel_index(int(score.argmax()), score.shape)
    half = STEP_M / 2
    return (
        np.array([xs[i0[i]] - half, xs[i1[i] - 1] + half]),
        np.array([zs[k0[k]] - half, zs[k1[k] - 1] + half]),
    )


def _sides(count: int, longest_m: float) -> tuple[Ids, Ids]:
    """Where sides of a rectangle begin, and before which point they end."""
    first, end = np.triu_indices(count + 1, 1)
    short = (end - first) * STEP_M <= longest_m + 1e-9
    return first[short], end[short]


def _most(values: Array, where: Mask) -> int:
    found, counts = np.unique(values[where], return_counts=True)
    return int(found[counts.argmax()])


def _gaps(travel: Travel, region: _Region, frame: Array, where: Array) -> Array:
    """How far the pads are apart, from how far their bodies are [m], (SAMPLES,)."""
    y = frame[:, 1]
    local = []
    looked_at = travel.at(LOOKED_AT)
    for body, side in zip(region.bodies, (1, -1), strict=True):
        half = (region.left + region.right) / 2
        turned = looked_at.xmat[body].reshape(3, 3)
        local.append(turned.T @ (where + side * half * y - looked_at.xpos[body]))
    gaps = []
    for sample in range(SAMPLES):
        data = travel.at(sample)
        ends = [
            data.xpos[body] + data.xmat[body].reshape(3, 3) @ point
            for body, point in zip(region.bodies, local, strict=True)
        ]
        gaps.append(float((ends[0] - ends[1]) @ y))
    return np.array(gaps)


def _tip(model: mujoco.MjModel, data: mujoco.MjData, hand: str, where: Array, frame: Array) -> Tip:
    position, quaternion = _on_body(model, data, model.body(hand).id, where, frame)
    return Tip(hand, position, quaternion)


def _on_body(
    model: mujoco.MjModel, data: mujoco.MjData, body: int, where: Array, frame: Array
) -> tuple[tuple[float, float, float], tuple[float, float, float, float]]:
    """A place and a frame in the world, as they are on a body."""
    turned = data.xmat[body].reshape(3, 3)
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, (turned.T @ frame).flatten())
    x, y, z = (np.round(turned.T @ (where - data.xpos[body]), 6) + 0.0).tolist()
    real, i, j, k = (np.round(quaternion, 6) + 0.0).tolist()
    return (x, y, z), (real, i, j, k)


def _shapes(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    frame: Array,
    y: float,
    region: _Region,
    sides: tuple[_Side, _Side],
    xs: Array,
    zs: Array,
) -> list[Shape]:
    """Boxes for the pads, and for the fingers behind them."""
    found = []
    x, half_x = region.x.mean(), float(np.ptp(region.x)) / 2
    for name, sign, side, face, body in zip(
        ("left", "right"), (1, -1), sides, (region.left, region.right), region.bodies, strict=True
    ):
        rows = (xs >= region.x[0]) & (xs <= region.x[1])
        met = (side.depth[rows] < face + FINGER_M).any(0)
        low, high = zs[met].min(), max(zs[met].max(), region.z[1])
        thick = (FINGER_M - BEHIND_M) / 2
        for part, depth, half_y, ends in (
            ("pad", face + THICK_M, THICK_M, region.z),
            ("finger", face + BEHIND_M + thick, thick, np.array([low, high])),
        ):
            where = frame @ np.array([x, y + sign * depth, ends.mean()])
            position, quaternion = _on_body(model, data, body, where, frame)
            half = (round(half_x, 5), round(half_y, 5), round(float(np.ptp(ends)) / 2, 5))
            owner = model.body(body).name
            found.append(Shape(f"{name}_{part}", owner, position, quaternion, half))
    return found


def _palm(travel: Travel, data: mujoco.MjData, hand: str, where: Array, frame: Array) -> Shape:
    """A box for what of the hand does not move, above the tip."""
    model, body = travel.model, travel.model.body(hand).id
    still = [each for each in below(model, body) if each not in travel.moving]
    mine = [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in still]
    points = np.concatenate(
        [(geom_corners(model, data, geom) - where) @ frame for geom in mine] or [np.zeros((0, 3))]
    )
    near = points[(np.abs(points[:, :2]) < 0.04).all(1) & (points[:, 2] < -0.02)]
    top = float(near[:, 2].max()) if len(near) else -0.1
    middle = where + (top - PALM_M[2]) * frame[:, 2]
    position, quaternion = _on_body(model, data, body, middle, frame)
    return Shape("hand", hand, position, quaternion, PALM_M)
