"""Looking from between the fingers of a gripper at what of them faces each other."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.gripper.travel import SAMPLES, SEEN, NoGripperError, Travel, middle_of
from robo_ddpg.adopt.tip import geom_corners
from tasks.arrays import Array, Ids, Mask

LOOKED_AT = 5
"""The sample of the travel that is looked at: about as open as around an object."""
STEP_M = 0.002
"""Distance of the rays [m]."""
WIDE_M, LONG_M = 0.04, 0.09
"""How far from the middle, across, and from the fingers' ends rays are cast [m]."""
END_M = 0.035
"""How far from the fingers' ends pads are, at most [m]: linkages face each other farther up."""
FLAT_M = 0.002
"""Depth within which a pad counts as flat [m]."""
LEAST_M2 = 0.6e-4
"""Area of a pad at least [m^2]."""
FILLED = 0.9
"""Share of a pad's rectangle that is part of it."""
PAD_WIDE_M, PAD_HIGH_M = 0.025, 0.025
"""Sides of a pad, at most [m]."""


@dataclass(frozen=True)
class Side:
    """What rays towards one side met, of a grid across and along the hand."""

    depth: Array
    """Distance from where they start [m], infinite where nothing is, (x, z)."""
    body: Ids
    """The body that was met, (x, z)."""


@dataclass(frozen=True)
class Look:
    """Both sides, seen from a plane between them."""

    data: mujoco.MjData
    """The gripper as it was looked at."""
    frame: Array
    """Axes across the fingers, along which they close, and out of the hand, as columns, (3, 3)."""
    y: float
    """Where the rays start along the closing direction [m]."""
    xs: Array
    """Where they are across the fingers [m], (x,)."""
    zs: Array
    """Where they are along them [m], (z,)."""
    sides: tuple[Side, Side]
    """Left, at greater y, and right."""


@dataclass(frozen=True)
class Facing:
    """Two pads that face each other."""

    x: Array
    """Their ends across the hand [m], (2,)."""
    z: Array
    """Their ends along it [m], (2,)."""
    depths: tuple[float, float]
    """Distance of the left and the right pad from where the rays started [m]."""
    bodies: tuple[int, int]
    """What they belong to."""


def look(travel: Travel, out: Array) -> Look:
    """Cast rays from between the fingers of a gripper.

    Args:
        travel: how it moves.
        out: which way points out of the hand, in the world, (3,).

    Raises:
        NoGripperError: its fingers have no shapes.
    """
    data, frame = travel.at(LOOKED_AT), _frame(travel, out)
    corners = corners_of(travel, data) @ frame
    x, y, _ = (corners.max(0) + corners.min(0)) / 2
    xs = x + np.arange(-WIDE_M, WIDE_M + STEP_M / 2, STEP_M)
    zs = corners[:, 2].max() - np.arange(STEP_M / 2, LONG_M, STEP_M)[::-1]
    starts = np.stack(np.meshgrid(xs, [y], zs, indexing="ij"), -1)[:, 0] @ frame.T
    left, right = (_side(travel.model, data, starts, sign * frame[:, 1]) for sign in (1, -1))
    return Look(data, frame, float(y), xs, zs, (left, right))


def corners_of(travel: Travel, data: mujoco.MjData) -> Array:
    """Corners of all shapes that move, in the world [m], (k, 3)."""
    bodies = travel.model.geom_bodyid
    geoms = [geom for geom in range(travel.model.ngeom) if int(bodies[geom]) in travel.moving]
    if not geoms:
        raise NoGripperError("fingers without shapes")
    return np.concatenate([geom_corners(travel.model, data, geom) for geom in geoms])


def find_facing(seen: Look) -> Facing:
    """The innermost of what faces each other near the fingers' ends, if it is large enough.

    Raises:
        NoGripperError: nothing is.
    """
    left, right = seen.sides
    gap = left.depth + right.depth
    gap[:, seen.zs < seen.zs.max() - END_M] = np.inf
    gap[left.body == right.body] = np.inf
    least = int(np.ceil(LEAST_M2 / STEP_M**2))
    inner = np.sort(gap[np.isfinite(gap)])
    if len(inner) < least:
        raise NoGripperError("no two fingers that face each other")
    facing = gap <= inner[least - 1] + FLAT_M
    x, z = _rectangle(facing, seen.xs, seen.zs)
    left_m, right_m = (float(np.quantile(side.depth[facing], 0.25)) for side in seen.sides)
    return Facing(x, z, (left_m, right_m), (_most(left.body[facing]), _most(right.body[facing])))


def _frame(travel: Travel, out: Array) -> Array:
    """The axes of a look: fingers close along the direction in which most of them moves."""
    model, closed, open_ = travel.model, travel.at(0), travel.at(SAMPLES - 1)
    ways = np.array(
        [middle_of(model, open_, b) - middle_of(model, closed, b) for b in travel.moving]
    )
    ways -= np.outer(ways @ out, out)
    along = np.linalg.svd(ways)[2][0]
    along *= np.copysign(1.0, along[np.abs(along).argmax()])
    return np.stack([np.cross(along, out), along, out], 1)


def _side(model: mujoco.MjModel, data: mujoco.MjData, starts: Array, way: Array) -> Side:
    depth = np.full(starts.shape[:2], np.inf)
    body = np.zeros(starts.shape[:2], np.intp)
    groups, met = np.zeros(6, np.uint8), np.zeros(1, np.int32)
    groups[SEEN] = 1
    for index in np.ndindex(*depth.shape):
        far = mujoco.mj_ray(model, data, starts[index], way, groups, True, -1, met)
        if far >= 0:
            depth[index], body[index] = far, model.geom_bodyid[met[0]]
    return Side(depth, body)


def _rectangle(facing: Mask, xs: Array, zs: Array) -> tuple[Array, Array]:
    """The ends, across and along, of the largest rectangle that is nearly all pad [m], (2,) each.

    Among those of one size it is near the middle, and near the fingers' ends.
    """
    table = np.pad(facing.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    i0, i1 = _stretches(len(xs), PAD_WIDE_M)
    k0, k1 = _stretches(len(zs), PAD_HIGH_M)
    rows, area = table[i1] - table[i0], np.outer(i1 - i0, k1 - k0)
    aside = np.abs(i0 + i1 - 1 - 2 * np.nonzero(facing)[0].mean())
    score = area + 0.01 * k1 - 0.02 * aside[:, None]
    score[rows[:, k1] - rows[:, k0] < FILLED * area] = -np.inf
    i, k = np.unravel_index(int(score.argmax()), score.shape)
    half = np.array([-STEP_M, STEP_M]) / 2
    return xs[[i0[i], i1[i] - 1]] + half, zs[[k0[k], k1[k] - 1]] + half


def _stretches(count: int, longest_m: float) -> tuple[Ids, Ids]:
    """Where stretches of points begin, and before which they end."""
    first, end = np.triu_indices(count + 1, 1)
    short = (end - first) * STEP_M <= longest_m + 1e-9
    return first[short], end[short]


def _most(values: Ids) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])
