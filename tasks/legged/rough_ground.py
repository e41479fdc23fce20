"""Bumpy ground for robots on legs."""

import mujoco
import numpy as np

SIDE_M = 60.0
"""Length and width of the ground [m]."""
CELL_M = 0.12
"""Distance between its points [m]."""
FLAT_M = 0.6
"""Around the start the ground is flat this far [m]."""


def add_rough_ground(scene: mujoco.MjSpec, bumps_m: float) -> None:
    """Put a height field in the place of the flat floor; the same one each time.

    Args:
        scene: a scene made by `legged_scene`.
        bumps_m: height of the highest bump [m].
    """
    points = round(SIDE_M / CELL_M)
    heights = np.random.default_rng(0).uniform(0.0, 1.0, (points, points))
    across = np.linspace(-0.5, 0.5, points) * SIDE_M
    heights[np.hypot(*np.meshgrid(across, across)) < FLAT_M] = 0.0
    scene.add_hfield(
        name="bumps",
        nrow=points,
        ncol=points,
        size=[SIDE_M / 2, SIDE_M / 2, bumps_m, 0.1],
        userdata=heights.ravel().tolist(),
    )
    floor = scene.geom("floor")
    floor.type = mujoco.mjtGeom.mjGEOM_HFIELD
    floor.hfieldname = "bumps"
