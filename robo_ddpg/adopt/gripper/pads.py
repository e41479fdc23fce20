"""The pads of a gripper: where they are, how far apart, and what an object can touch besides."""

from collections.abc import Iterator
from dataclasses import dataclass

import mujoco
import numpy as np

from robo_ddpg.adopt.chain import below
from robo_ddpg.adopt.gripper.facing import Facing, look_for_pads
from robo_ddpg.adopt.gripper.looking import Look, corners_of
from robo_ddpg.adopt.gripper.travel import SAMPLES, Travel
from robo_ddpg.adopt.tip import geom_corners
from tasks.arm.described.hand import Shape, Tip
from tasks.arrays import Array

TIP_M = 0.009
"""How far the tip is from the pads' lower edge, at most [m]."""
THICK_M = 0.002
"""Half the thickness of a pad [m]."""
BEHIND_M, FINGER_M = 0.0015, 0.012
"""How far behind the pad's face the finger begins and ends [m]."""
PALM_M = (0.03, 0.05, 0.01)
"""Half the sides of the palm [m]."""
NEAR_M, ABOVE_M, FAR_M = 0.04, 0.02, 0.1
"""The palm is what lies this near the tip's axis and this far above it, or else this far [m]."""


@dataclass(frozen=True)
class Pads:
    """What was found."""

    tip: Tip
    """Where the pads meet, and the axes of the look."""
    bodies: tuple[str, str]
    """What the left and the right pad belong to."""
    gaps_m: Array
    """Distance of the pads at every sample of the travel [m], (SAMPLES,)."""
    corners: Array
    """Corners of all that can have a pad, as it moves, and of the pads, in the tip's frame [m],
    (k, 3)."""
    shapes: tuple[Shape, ...]
    """What an object can touch."""

    def beyond_m(self, down: Array) -> float:
        """How far the fingers reach beyond the tip, at most [m].

        Args:
            down: unit vector in the tip's frame, (3,).
        """
        return float((self.corners @ down).max())


def find_pads(travel: Travel, hand: str, out: Array) -> Pads:
    """The pads of a gripper.

    Args:
        travel: how it moves.
        hand: the body that the fingers grow from.
        out: which way points out of the hand, in the world, (3,).

    Raises:
        NoGripperError: no two surfaces of it face each other.
    """
    seen, facing = look_for_pads(travel, out)
    left, right = facing.depths
    between = seen.frame @ np.array(
        [
            facing.x.mean(),
            seen.y + (left - right) / 2,
            max(facing.z.mean(), facing.z[1] - TIP_M),
        ]
    )
    gaps = _gaps(travel, seen, facing, between)
    where = between - seen.jaw * (left + right - gaps[0]) / 2 * seen.frame[:, 1]
    position, quaternion = _on_body(travel, seen, travel.model.body(hand).id, where)
    corners = [corners_of(travel, travel.at(i), travel.facing) for i in range(SAMPLES)]
    lower = [between + (x - facing.x.mean()) * seen.frame[:, 0] for x in facing.x]
    lower += (facing.z[1] - between @ out) * out
    left_body, right_body = (travel.model.body(body).name for body in facing.bodies)
    return Pads(
        tip=Tip(hand, position, quaternion),
        bodies=(left_body, right_body),
        gaps_m=gaps,
        corners=(np.concatenate([*corners, lower]) - where) @ seen.frame,
        shapes=(
            *_fingers(travel, seen, facing),
            _palm(travel, seen, hand, where),
        ),
    )


def _gaps(travel: Travel, seen: Look, facing: Facing, where: Array) -> Array:
    """How far the pads are apart, from how far their bodies are [m], (SAMPLES,).

    Args:
        travel: how the gripper moves.
        seen: how it was looked at.
        facing: the pads.
        where: the point in the middle between them then, (3,).
    """
    left, right = facing.bodies
    half = sum(facing.depths) / 2 * seen.frame[:, 1]
    points = [
        seen.data.xmat[body].reshape(3, 3).T @ (where + side * half - seen.data.xpos[body])
        for body, side in ((left, 1), (right, -1))
    ]
    gaps = []
    for sample in range(SAMPLES):
        data = travel.at(sample)
        ends = [
            data.xpos[body] + data.xmat[body].reshape(3, 3) @ point
            for body, point in zip((left, right), points, strict=True)
        ]
        gaps.append((ends[0] - ends[1]) @ seen.frame[:, 1])
    return np.array(gaps)


def _on_body(
    travel: Travel, seen: Look, body: int, where: Array
) -> tuple[tuple[float, float, float], tuple[float, float, float, float]]:
    """A place in the world and the frame of the look, as they are on a body."""
    turned, quaternion = seen.data.xmat[body].reshape(3, 3), np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, (turned.T @ seen.frame).flatten())
    x, y, z = (np.round(turned.T @ (where - seen.data.xpos[body]), 6) + 0.0).tolist()
    real, i, j, k = (np.round(quaternion, 6) + 0.0).tolist()
    return (x, y, z), (real, i, j, k)


def _fingers(travel: Travel, seen: Look, facing: Facing) -> Iterator[Shape]:
    """Boxes for the pads, and for the fingers behind them."""
    rows = (seen.xs >= facing.x[0]) & (seen.xs <= facing.x[1])
    thick = (FINGER_M - BEHIND_M) / 2
    for index, (name, sign) in enumerate((("left", 1), ("right", -1))):
        face, body = facing.depths[index], facing.bodies[index]
        met = seen.zs[(seen.sides[index].depth[rows] < face + FINGER_M).any(0)]
        ends = np.array([met.min(), max(met.max(), facing.z[1])])
        for part, depth, half_y, z in (
            ("pad", face + THICK_M, THICK_M, facing.z),
            ("finger", face + BEHIND_M + thick, thick, ends),
        ):
            where = seen.frame @ np.array([facing.x.mean(), seen.y + sign * depth, z.mean()])
            position, quaternion = _on_body(travel, seen, body, where)
            sides = float(np.ptp(facing.x)) / 2, half_y, float(np.ptp(z)) / 2
            half = round(sides[0], 5), round(sides[1], 5), round(sides[2], 5)
            owner = travel.model.body(body).name
            yield Shape(f"{name}_{part}", owner, position, quaternion, half)


def _palm(travel: Travel, seen: Look, hand: str, where: Array) -> Shape:
    """A box for what of the hand does not move, above the tip; not the jaw that is fixed."""
    model, body = travel.model, travel.model.body(hand).id
    still = [each for each in below(model, body) if each not in travel.moving]
    geoms = [geom for geom in range(model.ngeom) if int(model.geom_bodyid[geom]) in still]
    corners = [geom_corners(model, seen.data, geom) for geom in geoms] or [np.zeros((0, 3))]
    points = (np.concatenate(corners) - where) @ seen.frame
    near = (np.abs(points[:, :2]) < NEAR_M).all(1) & (points[:, 2] < -ABOVE_M)
    if seen.jaw:
        near &= points[:, 1] > THICK_M
    top = float(points[near, 2].max()) if near.any() else -FAR_M
    middle = where + (top - PALM_M[2]) * seen.frame[:, 2]
    position, quaternion = _on_body(travel, seen, body, middle)
    return Shape("hand", hand, position, quaternion, PALM_M)
