"""Rectangles in the plane: whether they touch, and how far points are from them."""

from dataclasses import dataclass

import numpy as np

from tasks.arrays import Array, Mask


@dataclass(frozen=True)
class Boxes:
    """Rectangles, (...) of them."""

    middle: Array
    """Middles [m], (..., 2)."""
    heading: Array
    """Directions of the lengths, from x to the left [rad], (...)."""
    half: Array
    """Half of length and width [m], (..., 2) or (2,)."""

    @property
    def axes(self) -> Array:
        """Unit vectors along length and width, (..., 2, 2)."""
        c, s = np.cos(self.heading), np.sin(self.heading)
        return np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], axis=-2)

    def corners(self) -> Array:
        """Their corners [m], (..., 4, 2)."""
        signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
        return self.points(signs)

    def points(self, shares: Array) -> Array:
        """Points in them [m], (..., k, 2).

        Args:
            shares: of half the length and half the width, from the middle, (k, 2).
        """
        offsets = shares * np.broadcast_to(self.half, self.middle.shape)[..., None, :]
        return np.asarray(self.middle[..., None, :] + offsets @ self.axes)


def touch(a: Boxes, b: Boxes) -> Mask:
    """Whether rectangles overlap, (...).

    They do unless their shadows on one of the four directions of their sides are apart (separating
    axes: Gottschalk, Lin & Manocha 1996, "OBBTree", in the plane).
    """
    between = b.middle - a.middle
    apart = [_gap(one, other, between) > 0.0 for one, other in ((a, b), (b, a))]
    return np.asarray(~(apart[0] | apart[1]).any(-1))


def _gap(one: Boxes, other: Boxes, between: Array) -> Array:
    """Distance of the shadows on the sides of one, negative where they overlap [m], (..., 2)."""
    turn = np.abs(one.axes @ np.swapaxes(other.axes, -1, -2))
    reach = (turn * np.broadcast_to(other.half, between.shape)[..., None, :]).sum(-1)
    distance = np.abs((one.axes * between[..., None, :]).sum(-1))
    return np.asarray(distance - reach - one.half)


def distances(points: Array, boxes: Boxes) -> Array:
    """How far points are from rectangles, 0 inside [m].

    Args:
        points: [m], (n, k, 2).
        boxes: (n, m) of them.

    Returns:
        (n, k, m).
    """
    away = points[:, :, None] - boxes.middle[:, None]
    local = np.abs((away[..., None, :] * boxes.axes[:, None]).sum(-1))
    half = np.broadcast_to(boxes.half, boxes.middle.shape)[:, None]
    return np.asarray(np.linalg.norm(np.maximum(local - half, 0.0), axis=-1))
