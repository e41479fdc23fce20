"""Images of a simulation: one model, one camera, one size, as many frames as wanted."""

import copy
from collections.abc import Callable
from typing import Any, Self

import mujoco
import numpy as np
import numpy.typing as npt

from robo_ddpg.errors import RenderingError
from robo_ddpg.rendering import gl
from robo_ddpg.rendering.backdrop import (
    Background,
    cut_out,
    hide_ground,
    whiten_ground,
    whiten_sky,
)
from tasks.scene import has_fog

Frame = npt.NDArray[np.uint8]
"""An RGB image of shape (height, width, 3), or RGBA of (height, width, 4)."""

_VARIED = ("geom_type", "geom_size", "geom_rbound")
"""Fields of the model that may differ between simulations and can be seen."""
_abandoned: list[Any] = []
"""Renderers of a process from which this one was forked: to free them here would hang."""


class FrameRenderer:
    """Renders states of one model from one camera; a context manager.

    Args:
        model: the compiled model; it is never modified.
        width: of the image [pixel].
        height: of the image [pixel].
        camera: the name or index of one of the model's cameras; None for MuJoCo's free camera.
        background: sky and ground as they are, white, or transparent.

    Raises:
        RenderingError: if OpenGL does not work here, or the model has no such camera, or no sky
            that could be white or transparent.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        width: int = 640,
        height: int = 480,
        camera: str | int | None = None,
        *,
        background: Background = "scene",
    ) -> None:
        if width < 1 or height < 1:
            raise RenderingError(f"Got an image of {width} x {height}: give at least one pixel.")
        self.width, self.height = width, height
        self._model = model
        self._camera = _camera_id(model, camera)
        gl.ensure()
        self._shown = _fitted(model, width, height)
        self._background = background
        if background != "scene":
            whiten_sky(self._shown)
        self._renderer: Any = mujoco.Renderer(self._shown, height, width)
        fog = background == "scene" and has_fog(model)
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_FOG] = fog

    def camera(self, name: str | int | None) -> int:
        """Look up another camera of the model, for `render`.

        Raises:
            RenderingError: if the model has no such camera.
        """
        return _camera_id(self._model, name)

    def render(
        self,
        data: mujoco.MjData,
        camera: int | None = None,
        draw: Callable[[Any], None] | None = None,
    ) -> Frame:
        """Render the state in `data`, whose positions must be current (`mj_forward`).

        Args:
            data: the state; shapes and sizes are those of its own model.
            camera: from `camera`; the renderer's own if not given.
            draw: adds something to the scene, a mujoco.MjvScene.

        Returns:
            An image of shape (height, width, 3), with a transparent background (height, width, 4).

        Raises:
            RenderingError: it is closed, or belongs to a process that this one was forked from.
        """
        if self._renderer is None:
            raise RenderingError("This renderer is closed: create another to render again.")
        gl.check_not_forked()
        for name in _VARIED:
            getattr(self._shown, name)[:] = getattr(data.model, name)
        self._compose(data, self._camera if camera is None else camera)
        if self._background == "white":
            whiten_ground(self._renderer.scene)
        if draw is not None:
            draw(self._renderer.scene)
        if self._background == "transparent":
            return self._cut_out()
        frame: Frame = self._renderer.render()
        return frame

    def _compose(self, data: mujoco.MjData, camera: int) -> None:
        """Fill the scene, twice: endless planes lie around where its camera was until then."""
        for _ in range(2):
            self._renderer.update_scene(data, camera)
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = not self._rides(camera)

    def _cut_out(self) -> Frame:
        """The scene without its ground, in front of its white sky and of none, which is black."""
        scene = self._renderer.scene
        hide_ground(scene)
        scene.flags[mujoco.mjtRndFlag.mjRND_HAZE] = False
        pictures = []
        for sky in (True, False):
            scene.flags[mujoco.mjtRndFlag.mjRND_SKYBOX] = sky
            pictures.append(self._renderer.render())
        return cut_out(*pictures)

    def _rides(self, camera: int) -> bool:
        """Whether a camera is fixed to something that moves, such as a wrist.

        What it sees is so near that the texels of shadow maps would be as large as saw teeth.
        """
        model = self._model
        fixed = camera >= 0 and model.cam_mode[camera] == mujoco.mjtCamLight.mjCAMLIGHT_FIXED
        return bool(fixed and model.body_weldid[model.cam_bodyid[camera]] != 0)

    def close(self) -> None:
        """Free the OpenGL context; closing again does nothing."""
        if gl.forked():
            _abandoned.append(self._renderer)
        elif self._renderer is not None:
            self._renderer.close()
        self._renderer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _camera_id(model: mujoco.MjModel, camera: str | int | None) -> int:
    if camera is None:
        return -1
    names = [model.camera(i).name for i in range(model.ncam)]
    if isinstance(camera, str) and camera in names:
        return names.index(camera)
    if isinstance(camera, int) and 0 <= camera < model.ncam:
        return camera
    known = ", ".join(name or str(i) for i, name in enumerate(names)) or "none"
    raise RenderingError(f"Unknown camera {camera!r}. This model's cameras: {known}.")


def _fitted(model: mujoco.MjModel, width: int, height: int) -> mujoco.MjModel:
    """Return a copy whose offscreen buffer is as large as the image: all of it is cleared often."""
    copied = copy.copy(model)
    copied.vis.global_.offwidth, copied.vis.global_.offheight = width, height
    return copied
