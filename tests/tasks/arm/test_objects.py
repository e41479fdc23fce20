"""Shapes of objects, and what follows from them."""

import numpy as np
import pytest
from mujoco.batch import Batch

from tasks import make
from tasks.arm.grasp_scene import OBJECT
from tasks.arm.objects import NAMES, Objects


@pytest.fixture
def objects() -> Objects:
    """One of each shape, 4 cm wide."""
    objects = Objects(Batch(make("grasp").model, len(NAMES)), OBJECT)
    for kind in range(len(NAMES)):
        objects.put(kind, kind, 0.02)
    return objects


def about(axis: int, angle: float) -> np.ndarray:
    """Rotation matrices about an axis, one per shape."""
    rotation = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    rotation[i, i] = rotation[j, j] = np.cos(angle)
    rotation[j, i], rotation[i, j] = np.sin(angle), -np.sin(angle)
    return np.tile(rotation, (len(NAMES), 1, 1))


@pytest.mark.parametrize(
    ("axis", "angle", "expected"),
    [
        (2, 0.7, [0.02, 0.02, 0.02, 0.02]),
        (1, np.pi / 2, [0.02, 0.02, 0.02, 0.04]),
        (0, np.pi / 4, [0.02 * 2**0.5, 0.02 * 2**0.5, 0.02, 0.02 * 2**0.5]),
    ],
)
def test_turned_objects_reach_as_deep_as_their_corners(
    objects: Objects, axis: int, angle: float, expected: list[float]
) -> None:
    np.testing.assert_allclose(objects.depth(about(axis, angle)), expected, atol=1e-12)


def test_objects_are_askew_by_how_far_they_lean_from_their_nearest_side(objects: Objects) -> None:
    leaning, fallen = objects.askew(about(0, 0.3)), objects.askew(about(0, np.pi / 2 + 0.3))
    np.testing.assert_allclose(leaning, [0.3, 0.3, 0.0, 0.3])
    np.testing.assert_allclose(fallen, [0.3, 0.3, 0.0, 0.3])
    np.testing.assert_array_equal(objects.askew(about(2, 0.7)), 0.0)


def test_turns_that_look_the_same_are_observed_the_same(objects: Objects) -> None:
    def seen(angle: float) -> np.ndarray:
        return objects.turned(about(2, angle).swapaxes(1, 2)[:, :, :2])

    cube, cylinder, sphere, box = range(4)
    np.testing.assert_allclose(seen(0.3)[cube], seen(0.3 + np.pi / 2)[cube], atol=1e-12)
    np.testing.assert_allclose(seen(0.3)[box], seen(0.3 + np.pi)[box], atol=1e-12)
    assert np.abs(seen(0.3)[box] - seen(0.3 + np.pi / 2)[box]).max() > 1
    assert not seen(0.3)[[cylinder, sphere]].any()
