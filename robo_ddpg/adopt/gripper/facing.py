"""The pads of a gripper: the innermost of what faces each other near its fingers' ends."""

from dataclasses import dataclass

import numpy as np

from robo_ddpg.adopt.gripper.looking import END_M, STEP_M, Look, look
from robo_ddpg.adopt.gripper.travel import SAMPLES, NoGripperError, Travel
from tasks.arrays import Array, Ids, Mask

LOOKED_AT = 5
"""The sample of the travel at which two fingers are looked at: about as open as around an object.
A single jaw is looked at where it is the most parallel to the fixed one."""
FLAT_M, FLAT_JAW_M = 0.002, 0.004
"""Depth within which a pad counts as flat, and one of a single jaw, that turns as it opens [m]."""
LEAST_M2 = 0.6e-4
"""Area of a pad at least [m^2]."""
FILLED = 0.9
"""Share of a pad's rectangle that is part of it."""
PAD_WIDE_M, PAD_HIGH_M = 0.025, 0.025
"""Sides of a pad, at most [m]."""
LOST_M = 0.04
"""How wide a pad of a single jaw is worth it to end before the jaw does [m]: jaws become narrow."""


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
    even: int
    """At how many points of the grid they are as far apart as where they are nearest."""


def look_for_pads(travel: Travel, out: Array) -> tuple[Look, Facing]:
    """The pads of a gripper, where it is best looked at.

    Args:
        travel: how it moves.
        out: which way points out of the hand, in the world, (3,).

    Raises:
        NoGripperError: its fingers have no shapes, or do not face each other.
    """
    looks = [look(travel, out, i) for i in (range(1, SAMPLES) if travel.fixed else (LOOKED_AT,))]
    found = []
    for each in looks:
        try:
            found.append((each, find_facing(each)))
        except NoGripperError as error:
            refusal = error
    if not found:
        raise refusal
    return max(found, key=lambda pair: pair[1].even)


def find_facing(seen: Look) -> Facing:
    """The innermost of what faces each other near the fingers' ends, if it is large enough.

    Raises:
        NoGripperError: nothing is.
    """
    (left, right), gap = seen.sides, seen.gap
    gap[:, seen.zs < seen.zs.max() - END_M] = np.inf
    least = int(np.ceil(LEAST_M2 / STEP_M**2))
    inner = np.sort(gap[np.isfinite(gap)])
    if len(inner) < least:
        raise NoGripperError("no two fingers that face each other")
    facing = gap <= inner[least - 1] + (FLAT_JAW_M if seen.jaw else FLAT_M)
    x, z = _rectangle(facing, seen.xs, seen.zs, LOST_M if seen.jaw else 0.0)
    left_m, right_m = (float(np.quantile(side.depth[facing], 0.25)) for side in seen.sides)
    bodies = _most(left.body[facing]), _most(right.body[facing])
    even = int((gap <= inner[least - 1] + FLAT_M).sum())
    return Facing(x, z, (left_m, right_m), bodies, even)


def _rectangle(facing: Mask, xs: Array, zs: Array, lost_m: float) -> tuple[Array, Array]:
    """The ends, across and along, of the largest rectangle that is nearly all pad [m], (2,) each.

    Among those of one size it is near the middle, and near the fingers' ends; an end farther from
    these is worth a strip of `lost_m` less.
    """
    table = np.pad(facing.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    i0, i1 = _stretches(len(xs), PAD_WIDE_M)
    k0, k1 = _stretches(len(zs), PAD_HIGH_M)
    rows, area = table[i1] - table[i0], np.outer(i1 - i0, k1 - k0)
    aside = np.abs(i0 + i1 - 1 - 2 * np.nonzero(facing)[0].mean())
    score = area + (0.01 + lost_m / STEP_M) * k1 - 0.02 * aside[:, None]
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
