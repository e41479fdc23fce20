"""Rectangles: corners, what touches, and distances, against what can be drawn on paper."""

import numpy as np
import pytest

from tasks.driving.boxes import Boxes, distances, touch


def box(x: float, y: float, degrees: float, length: float = 2.0, width: float = 1.0) -> Boxes:
    half = np.array([length, width]) / 2
    return Boxes(np.array([x, y]), np.array(np.radians(degrees)), half)


def test_corners_go_round_the_box() -> None:
    corners = box(1.0, 2.0, 90.0).corners()
    np.testing.assert_allclose(corners, [[0.5, 3], [1.5, 3], [1.5, 1], [0.5, 1]], atol=1e-12)


@pytest.mark.parametrize(
    ("other", "touches"),
    [
        (box(1.99, 0.0, 0.0), True),
        (box(2.01, 0.0, 0.0), False),
        (box(0.0, 0.99, 0.0), True),
        (box(0.0, 1.01, 0.0), False),
        (box(0.0, 1.49, 90.0), True),
        (box(0.0, 1.51, 90.0), False),
        # The corner of a square on its tip is sqrt(2) from its middle.
        (box(1.0 + 2**0.5 - 0.01, 0.0, 45.0, 2.0, 2.0), True),
        (box(1.0 + 2**0.5 + 0.01, 0.0, 45.0, 2.0, 2.0), False),
        # Their shadows on x and y overlap, and yet they are apart.
        (box(1.75, 1.25, 45.0, 2.0, 2.0), False),
    ],
)
def test_boxes_touch_where_their_outlines_meet(other: Boxes, touches: bool) -> None:
    assert touch(box(0.0, 0.0, 0.0), other) == touches
    assert touch(other, box(0.0, 0.0, 0.0)) == touches


def test_touching_is_what_points_in_both_boxes_say() -> None:
    rng = np.random.default_rng(0)
    n = 400
    one = Boxes(rng.uniform(-1, 1, (n, 2)), rng.uniform(-4, 4, n), np.array([1.2, 0.4]))
    other = Boxes(rng.uniform(-1, 1, (n, 2)), rng.uniform(-4, 4, n), np.array([0.9, 0.6]))
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 41)] * 2), -1).reshape(-1, 2)
    others = Boxes(other.middle[:, None], other.heading[:, None], other.half)
    inside = distances(one.points(grid), others)
    seen = (inside[:, :, 0] == 0.0).any(1)
    found = touch(one, other)
    assert not (seen & ~found).any()
    assert (found != seen).mean() < 0.05


def test_distances_are_to_the_nearest_side_or_corner() -> None:
    points = np.array([[[0.2, 0.1], [3.0, 0.0], [0.0, -2.5], [4.0, 4.5]]])
    boxes = Boxes(np.zeros((1, 1, 2)), np.zeros((1, 1)), np.array([1.0, 0.5]))
    np.testing.assert_allclose(distances(points, boxes)[0, :, 0], [0.0, 2.0, 2.0, 5.0])
    turned = Boxes(np.zeros((1, 1, 2)), np.full((1, 1), np.pi / 2), np.array([1.0, 0.5]))
    np.testing.assert_allclose(
        distances(points, turned)[0, :, 0], [0.0, 2.5, 1.5, np.hypot(3.5, 3.5)]
    )
