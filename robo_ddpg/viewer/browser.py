"""A controller live in the browser: MuJoCo's own web viewer, with our page beside it."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import mujoco
import numpy as np
from mujoco.studio import app, messages, plugin, ux, viewer_protocol

from robo_ddpg.errors import SettingsError
from robo_ddpg.process.interruption import Interruption
from robo_ddpg.viewer.camera import place_camera
from robo_ddpg.viewer.desk import Desk
from robo_ddpg.viewer.launch import launch
from robo_ddpg.viewer.live import LiveController
from robo_ddpg.viewer.live_film import LiveFilm, states_shown
from robo_ddpg.viewer.live_page import live_page
from robo_ddpg.viewer.origin import ADDRESS
from robo_ddpg.viewer.site import Site
from robo_ddpg.viewer.stepper import Stepper


class View(plugin.ViewerPlugin):  # type: ignore[misc] # mujoco has no annotations
    """Begins in the scene's own camera, with the goal selected for the mouse."""

    def __init__(self) -> None:
        self._placed = False
        self._app: Any = None

    @messages.handler  # type: ignore[untyped-decorator]
    def on_app(self, event: app.InitEvent) -> None:
        """Know who else moves the camera."""
        self._app = event.app

    @messages.handler(priority=0)  # type: ignore[untyped-decorator] # after the app's own
    def on_post_model(self, event: messages.PostModelEvent) -> None:
        """Select the goal, so that a drag moves it at once; place the camera, the first time."""
        goals = np.flatnonzero(event.model.body_mocapid >= 0)
        if len(goals):
            self.viewer.perturb.select = int(goals[0])
        if not self._placed and place_camera(event.model, event.data, self.viewer.camera):
            self._placed = True
            tracks = self.viewer.camera.type == mujoco.mjtCamera.mjCAMERA_TRACKING
            index = ux.TRACKING_CAMERA_IDX if tracks else ux.TUMBLE_CAMERA_IDX
            self.viewer.camera_index = index
            if self._app is not None:
                self._app.ux_state.camera_index = index


def watch(
    live: LiveController,
    *,
    port: int = 0,
    host: str = ADDRESS,
    names: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Serve the viewer until Ctrl-C.

    Args:
        live: the controllers at work.
        port: of the web page; 0 takes the first free one from 8080 on.
        host: address to listen on.
        names: what the controllers are called.
        stop: asked between frames.

    Raises:
        SettingsError: the port is taken, or there is no such address here.
    """
    data = mujoco.MjData(live.model)
    live.show(data)
    task, desk = live.status.task, Desk()
    configuration = viewer_protocol.ViewerConfig(
        title=f"robo-ddpg watch {task}", gfx="web", http_port=port
    )
    layout = app.Config(show_options=False, show_inspector=False, show_status_bar=False)
    with contextlib.closing(LiveFilm(task, live.frame_s, states_shown)) as film:
        site = Site(live_page(live, names), desk, film.read)
        plugins: list[Any] = [app.App(layout), Stepper(live, desk, film), View()]
        try:
            with (
                Interruption() as interruption,
                launch(configuration, plugins, site, host) as handle,
            ):
                handle.set_model(live.model, data=data)
                while handle.is_running() and not (stop() or interruption.requested):
                    handle.sync()
                interruption.release()
        except (RuntimeError, OSError) as error:
            raise SettingsError(f"the viewer cannot start: {error}") from None
