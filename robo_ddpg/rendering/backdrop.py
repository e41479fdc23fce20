"""What is behind a robot: white, as paper is, with soft shadows on the ground."""

from typing import Any

import mujoco
import numpy as np

from robo_ddpg.errors import RenderingError

_GROUNDS = (mujoco.mjtGeom.mjGEOM_PLANE, mujoco.mjtGeom.mjGEOM_HFIELD)
_GLOW = 0.25
"""Emission of white ground: it is white in the light, and grey in the shadow."""


def whiten_sky(model: mujoco.MjModel) -> None:
    """Make sky and haze white.

    Raises:
        RenderingError: the model has no sky, so that there is black behind it.
    """
    skies = np.flatnonzero(model.tex_type == mujoco.mjtTexture.mjTEXTURE_SKYBOX)
    if not len(skies):
        raise RenderingError("This scene has no sky that could be white: leave out the background.")
    for sky in skies:
        size = model.tex_height[sky] * model.tex_width[sky] * model.tex_nchannel[sky]
        model.tex_data[model.tex_adr[sky] : model.tex_adr[sky] + size] = 255
    model.vis.rgba.haze[:] = 1.0


def whiten_ground(scene: Any) -> None:
    """Make planes and height fields in a mujoco.MjvScene white."""
    for geom in scene.geoms[: scene.ngeom]:
        if geom.type in _GROUNDS:
            geom.matid, geom.emission = -1, _GLOW
            geom.specular = geom.reflectance = 0.0
            geom.rgba[:] = 1.0
