"""Looking from between the fingers of a gripper at what of them faces each other."""

from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.gripper.alone import SEEN
from robo_ddpg.adopt.gripper.travel import SAMPLES, NoGripperError, Travel, middle_of
from robo_ddpg.adopt.tip import geom_corners
from tasks.arrays import Array, Ids

STEP_M = 0.002
"""Distance of the rays [m]."""
WIDE_M, LONG_M = 0.04, 0.09
"""How far from the middle, across, and from the fingers' ends rays are cast [m]."""
STILL = 0
"""The world, which what does not move is welded to."""
END_M = 0.035
"""How far from the fingers' ends pads are, at most [m]: linkages face each other farther up."""


@dataclass(frozen=True)
class Side:
    """What rays towards one side met, of a grid across and along the hand."""

    depth: Array
    """Distance from where they start [m], infinite where nothing is, (x, z)."""
    body: Ids
    """The body that was met, (x, z)."""
    part: Ids
    """What it is welded to, `STILL` where it does not move, (x, z)."""


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
    jaw: bool
    """Whether the right one is fixed."""

    @property
    def gap(self) -> Array:
        """How far apart what faces each other is [m]; infinite where nothing does, (x, z)."""
        return _gap(*self.sides, jaw=self.jaw)


def look(travel: Travel, out: Array, sample: int) -> Look:
    """Cast rays from between the fingers of a gripper.

    Args:
        travel: how it moves.
        out: which way points out of the hand, in the world, (3,).
        sample: of its travel.

    Raises:
        NoGripperError: its fingers have no shapes.
    """
    data, frame = travel.at(sample), _frame(travel, out)
    corners = corners_of(travel, data, travel.moving) @ frame
    x, y, _ = (corners.max(0) + corners.min(0)) / 2
    xs = x + np.arange(-WIDE_M, WIDE_M + STEP_M / 2, STEP_M)
    zs = corners[:, 2].max() - np.arange(STEP_M / 2, LONG_M, STEP_M)[::-1]
    if travel.fixed:
        y = _between(travel, data, frame, float(x), zs[zs > zs.max() - END_M])
    starts = np.stack(np.meshgrid(xs, [y], zs, indexing="ij"), -1)[:, 0] @ frame.T
    left, right = (_side(travel.model, data, starts, sign * frame[:, 1]) for sign in (1, -1))
    return Look(data, frame, float(y), xs, zs, (left, right), bool(travel.fixed))


def _between(travel: Travel, data: mujoco.MjData, frame: Array, x: float, zs: Array) -> float:
    """Where a single jaw has the most of it on one side, and of the fixed one on the other [m]."""
    corners = corners_of(travel, data, travel.facing) @ frame
    ys = np.arange(corners[:, 1].min(), corners[:, 1].max(), STEP_M / 2)
    starts = np.stack(np.meshgrid([x], ys, zs, indexing="ij"), -1)[0] @ frame.T
    left, right = (_side(travel.model, data, starts, sign * frame[:, 1]) for sign in (1, -1))
    count = np.isfinite(_gap(left, right, jaw=True)).sum(1)
    return float(np.median(ys[count == count.max()]))


def _gap(left: Side, right: Side, *, jaw: bool) -> Array:
    gap = left.depth + right.depth
    gap[left.part == right.part] = np.inf
    if jaw:
        gap[right.part != STILL] = np.inf
    return np.asarray(gap)


def corners_of(travel: Travel, data: mujoco.MjData, bodies: tuple[int, ...]) -> Array:
    """Corners of all shapes of bodies, in the world [m], (k, 3)."""
    owners = travel.model.geom_bodyid
    geoms = [geom for geom in range(travel.model.ngeom) if int(owners[geom]) in bodies]
    if not geoms:
        raise NoGripperError("fingers without shapes")
    return np.concatenate([geom_corners(travel.model, data, geom) for geom in geoms])


def _frame(travel: Travel, out: Array) -> Array:
    """The axes of a look: fingers close along the direction in which most of them moves.

    A single jaw is on the left.
    """
    model, closed, open_ = travel.model, travel.at(0), travel.at(SAMPLES - 1)
    ways = np.array(
        [middle_of(model, open_, b) - middle_of(model, closed, b) for b in travel.moving]
    )
    ways -= np.outer(ways @ out, out)
    along = np.linalg.svd(ways)[2][0]
    along *= np.copysign(1.0, ways[0] @ along if travel.fixed else along[np.abs(along).argmax()])
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
    return Side(depth, body, np.asarray(model.body_weldid[body], np.intp))
