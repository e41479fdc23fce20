"""What is behind a robot: white, as paper is, with soft shadows on the ground; or nothing."""

from typing import Any, Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import RenderingError

Background = Literal["scene", "white", "transparent"]

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


def hide_ground(scene: Any) -> None:
    """Make planes and height fields in a mujoco.MjvScene transparent."""
    for geom in scene.geoms[: scene.ngeom]:
        if geom.type in _GROUNDS:
            geom.matid, geom.rgba[3] = -1, 0.0


def cut_out(on_white: NDArray[np.uint8], on_black: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is in front of a sky, from pictures with a white and with a black one.

    The sky shows where they differ, by as much as they do, so that edges stay as smooth as they
    were drawn (Smith and Blinn 1996, "Blue screen matting").

    Args:
        on_white: shape (height, width, 3).
        on_black: likewise.

    Returns:
        RGBA of shape (height, width, 4).
    """
    white, black = on_white.astype(float), on_black.astype(float)
    cover = np.clip(1.0 - (white - black).mean(axis=2, keepdims=True) / 255.0, 0.0, 1.0)
    colour = np.clip(black / np.maximum(cover, 1.0 / 255.0), 0.0, 255.0)
    return np.asarray(np.dstack([colour, 255.0 * cover]).round(), np.uint8)
