"""The box that goals are drawn from."""

import numpy as np

from robo_ddpg.adopt.space import LONGEST_M, largest_box

AXES = (np.linspace(0, 0.5, 6), np.linspace(-0.3, 0.3, 7), np.linspace(0.1, 0.4, 4))
"""Points 0.1 m apart."""


def test_the_largest_box_of_points_that_are_all_reached() -> None:
    reached = np.ones((6, 7, 4), bool)
    reached[1, :, 0] = False  # Left of it there is one column of points only.
    reached[:, 6, 2] = False
    box = largest_box(AXES, reached)
    assert box is not None
    # x 0.2 to 0.5, y -0.3 to 0.2, all heights: 0.3 x 0.5 x 0.3; or x 0.1 to 0.5 at the upper three:
    # 0.4 x 0.5 x 0.2.
    np.testing.assert_allclose(box[0], [0.2, -0.3, 0.1])
    np.testing.assert_allclose(box[1], [0.5, 0.2, 0.4])


def test_a_box_is_no_longer_than_an_episode_allows() -> None:
    box = largest_box(AXES, np.ones((6, 7, 4), bool))
    assert box is not None
    assert (box[1] - box[0] <= LONGEST_M + 1e-9).all()


def test_scattered_points_are_no_box() -> None:
    reached = np.indices((6, 7, 4)).sum(0) % 2 == 0
    assert largest_box(AXES, reached) is None
