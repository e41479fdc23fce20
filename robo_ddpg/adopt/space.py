"""The box that goals are drawn from: the largest that the arm gets to everywhere, from home."""

from dataclasses import dataclass

import numpy as np

from robo_ddpg.adopt.posing import Poser
from tasks.arrays import Array, Ids, Mask

CELLS = (11, 13, 9)
"""Points of the grid along x, y and z."""
FREE_M = 0.03
"""Height of the lowest goals above the point at which the hand would touch the table [m]."""
LONGEST_M = np.array([0.40, 0.60, 0.40])
"""Sides of the box at most: from its middle, all of it can be got to within an episode [m]."""
SHORTEST_M = 0.08
"""Shortest side of a box that is worth training in [m]."""
LEAST_TALL_M = 0.13
"""Height of a box that stands on the table at least [m]."""
HOMES = 4
"""Postures that are tried as home."""
TABLE_X_M, TABLE_Y_M = (-0.2, 0.88), (-0.75, 0.75)
"""Goals are above the table."""


@dataclass(frozen=True)
class Grid:
    """Points of a grid, and which of them the arm gets to."""

    axes: tuple[Array, Array, Array]
    """Coordinates along x, y and z [m]."""
    reached: Mask
    """(x, y, z)."""

    @property
    def points(self) -> Array:
        """All of them [m], (k, 3)."""
        return np.stack(np.meshgrid(*self.axes, indexing="ij"), -1).reshape(-1, 3)


@dataclass(frozen=True)
class Found:
    """A box, and home in it."""

    low: Array
    """Lower corner [m], (3,)."""
    high: Array
    """Upper corner [m], (3,)."""
    home: Array
    """Joint positions [rad], (j,)."""
    down: bool
    """Whether the hand points down."""
    grid: Grid
    """What was tried."""

    @property
    def size(self) -> float:
        """What boxes are compared by: the product of their sides, up to the longest useful."""
        return float(np.prod(np.minimum(self.high - self.low, LONGEST_M)))


def grid_axes(places: Array, beyond_m: float) -> tuple[Array, Array, Array]:
    """Coordinates of a grid over the part of the table that the arm gets to.

    Args:
        places: points that random poses reach [m], (k, 3).
        beyond_m: how far the hand reaches beyond its tip [m].
    """
    reach = np.quantile(np.linalg.norm(places[:, :2], axis=1), 0.99)
    top = float(np.quantile(places[:, 2], 0.95))
    low = beyond_m + FREE_M
    return (
        np.linspace(max(TABLE_X_M[0], 0.2 * reach), min(TABLE_X_M[1], reach), CELLS[0]),
        np.linspace(max(TABLE_Y_M[0], -0.8 * reach), min(TABLE_Y_M[1], 0.8 * reach), CELLS[1]),
        np.linspace(low, max(top, low + 2 * SHORTEST_M), CELLS[2]),
    )


def find_space(
    poser: Poser, axes: tuple[Array, Array, Array], down: bool, *, standing: bool = False
) -> Found | None:
    """The largest box, over the best of a few homes; None if there is none of a useful size.

    Args:
        poser: k is the number of points of the grid.
        axes: of the grid.
        down: whether the hand has to point down.
        standing: whether the box has to begin at the lowest points of the grid.
    """
    best: Found | None = None
    for home in _homes(poser, axes, down):
        found = _around(poser, axes, home, down, standing)
        if found is not None and (best is None or found.size > best.size):
            best = found
    if best is None:
        return None
    again = _around(poser, axes, best.home, down, standing)
    return again if again is not None and again.size >= best.size else best


def _homes(poser: Poser, axes: tuple[Array, Array, Array], down: bool) -> Array:
    """Postures above the middle of the table, far from limits and easily moved, (h, j)."""
    rng = np.random.default_rng(0)
    pose = poser.random(rng)
    target = np.stack([rng.uniform(axis[0], axis[-1], poser.count) for axis in axes], 1)
    target[:, 1] *= 0.3
    ends = poser.lead(pose, target, down=down)
    room = np.minimum(ends.pose - poser.low, poser.high - ends.pose)
    free = (room / (poser.high - poser.low)).min(1)
    height = poser.kinematics.sites_position[:, :, 2].min(1)
    score = poser.ease() * np.minimum(free, 0.1) * np.clip(height, 0.0, 0.3)
    score[~ends.reached] = -1.0
    order = np.argsort(-score)[:HOMES]
    return np.asarray(ends.pose[order[score[order] > 0]])


def _around(
    poser: Poser, axes: tuple[Array, Array, Array], home: Array, down: bool, standing: bool
) -> Found | None:
    """The largest box that can be got to from home, and home moved to its middle."""
    points = Grid(axes, np.zeros(CELLS, bool)).points
    start = np.tile(home, (poser.count, 1))
    ends = poser.lead(start, points, down=down)
    reached = ends.reached.reshape(CELLS)
    box = largest_box(axes, _standing(axes[2], reached) if standing else reached)
    if box is None:
        return None
    low, high = box
    grid = Grid(axes, reached)
    away = np.linalg.norm(grid.points - (low + high) / 2, axis=1)
    away[~ends.reached] = np.inf
    return Found(low, high, ends.pose[away.argmin()], down, grid)


def _standing(heights: Array, reached: Mask) -> Mask:
    """What is got to of a grid, where all below it is too, and up to a height that is worth it."""
    below = np.logical_and.accumulate(reached, 2)
    enough = int(np.searchsorted(heights, heights[0] + LEAST_TALL_M))
    return np.asarray(below & below[:, :, [enough]])


def largest_box(axes: tuple[Array, Array, Array], reached: Mask) -> tuple[Array, Array] | None:
    """The corners of the largest box of a grid whose points are all reached [m], (3,) each.

    None if no such box is long enough along every axis.
    """
    table = np.zeros(np.add(reached.shape, 1), int)
    table[1:, 1:, 1:] = reached.cumsum(0).cumsum(1).cumsum(2)
    best, corners = 0.0, None
    pairs = [_pairs(axis, longest) for axis, longest in zip(axes, LONGEST_M, strict=True)]
    (z0, z1), z_side = pairs[2]
    for x0, x1, x_side in zip(*pairs[0][0], pairs[0][1], strict=True):
        for y0, y1, y_side in zip(*pairs[1][0], pairs[1][1], strict=True):
            column = table[x1 + 1, y1 + 1] - table[x0, y1 + 1] - table[x1 + 1, y0] + table[x0, y0]
            full = column[z1 + 1] - column[z0] == (x1 + 1 - x0) * (y1 + 1 - y0) * (z1 + 1 - z0)
            if not full.any():
                continue
            size = np.where(full, x_side * y_side * z_side, 0.0)
            z = int(size.argmax())
            if size[z] > best:
                best = float(size[z])
                ends = ((x0, y0, z0[z]), (x1, y1, z1[z]))
                corners = tuple(
                    np.array([axis[i] for axis, i in zip(axes, end, strict=True)]) for end in ends
                )
    return corners  # type: ignore[return-value]


def _pairs(axis: Array, longest: float) -> tuple[tuple[Ids, Ids], Array]:
    """First and last points of the sides that are neither too short nor too long, and lengths."""
    first, last = np.triu_indices(len(axis), 1)
    side = axis[last] - axis[first]
    step = float(axis[1] - axis[0])
    useful = (side >= SHORTEST_M) & (side <= max(longest, step) + 1e-9)
    return (first[useful], last[useful]), side[useful]
