"""A controller live in the browser, through MuJoCo's own web viewer."""

import time
from collections.abc import Callable
from typing import Any

import mujoco
import numpy as np
from mujoco.studio import app, messages, plugin, viewer_protocol
from mujoco.studio.dear_imgui import dear_imgui as imgui
from mujoco.studio.sim import PauseState

from robo_ddpg.errors import SettingsError
from robo_ddpg.interruption import Interruption
from robo_ddpg.viewer.launch import launch
from robo_ddpg.viewer.live import LiveController, Status

_LATE_S = 0.5
"""A simulation that is later than this does not try to catch up [s]."""
_GREEN, _AMBER, _GREY = (0.45, 0.85, 0.6), (0.95, 0.73, 0.35), (0.65, 0.68, 0.72)

HELP = """Ctrl + right drag moves the goal, which is selected at first,
up and down; with Shift, along the floor.
Double-click a part of the robot to push that instead.
Space pauses, Backspace starts a new episode."""


class Stepper(plugin.SimPlugin):  # type: ignore[misc] # mujoco has no annotations
    """Advances the live controller in real time, and obeys pause, step, and reset."""

    def __init__(self, live: LiveController) -> None:
        self._live = live
        self._paused = False
        self._due = time.monotonic()

    @messages.handler  # type: ignore[untyped-decorator]
    def on_step(self, event: messages.StepEvent) -> None:
        """Show a frame once it is due."""
        now = time.monotonic()
        if self._paused or now < self._due:
            time.sleep(0.002)  # the viewer's threads need the interpreter
            return
        if now - self._due > _LATE_S:
            self._due = now
        self._due += self._live.frame_s
        self._live.frame(event.data)
        self._follow()

    @messages.handler  # type: ignore[untyped-decorator]
    def on_pause_state(self, event: messages.StepControlSnapshot) -> bool:
        """The viewer's pause button."""
        self._paused = event.pause_state == PauseState.NORMAL_PAUSED
        return True

    @messages.handler  # type: ignore[untyped-decorator]
    def on_single_step(self, event: messages.SingleStepEvent) -> bool:
        """The viewer's single-step button."""
        self._live.frame(self.handle.data)
        self._follow()
        return True

    @messages.handler  # type: ignore[untyped-decorator]
    def on_reset(self, event: messages.ResetEvent) -> bool:
        """The viewer's reset button."""
        self._live.restart()
        self._live.show(self.handle.data)
        self._follow()
        return True

    def _follow(self) -> None:
        """Give the viewer the scene of a new episode, if that is another one."""
        if self.handle.model is not self._live.model:
            data = mujoco.MjData(self._live.model)
            self._live.show(data)
            self.handle.set_model(self._live.model, data=data)


class Panel(plugin.ViewerPlugin):  # type: ignore[misc] # mujoco has no annotations
    """Success, reward terms and interventions, drawn over the scene; selects the goal."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    @messages.handler  # type: ignore[untyped-decorator]
    def on_post_model(self, event: messages.PostModelEvent) -> None:
        """Select the goal, so that a drag moves it without a double-click."""
        goals = np.flatnonzero(event.model.body_mocapid >= 0)
        if len(goals):
            self.viewer.perturb.select = int(goals[0])

    @messages.handler  # type: ignore[untyped-decorator]
    def on_build_gui(self, event: messages.BuildGuiEvent) -> None:
        """Draw the window."""
        imgui.SetNextWindowPos(imgui.Vec2(24, 48), int(imgui.Cond.FirstUseEver.value))
        imgui.Begin("Controller", None, int(imgui.WindowFlags.AlwaysAutoResize.value))
        self._draw(self._status())
        imgui.End()

    def _draw(self, status: Status) -> None:
        imgui.TextUnformatted(f"{status.task}, episode {status.episode}")
        _coloured("solved" if status.success else "not solved", _GREEN if status.success else _GREY)
        imgui.TextUnformatted(f"reward {status.reward:.2f}")
        for name, value in status.reward_terms.items():
            imgui.ProgressBar(value, imgui.Vec2(150, 0), f"{value:.2f}")
            imgui.SameLine()
            imgui.TextUnformatted(name.replace("_", " "))
        for name, value in status.metrics.items():
            imgui.TextUnformatted(f"{name} {value:.3g}")
        reasons = ", ".join(status.limited).replace("_", " ")
        _coloured(f"limited: {reasons}" if reasons else "not limited", _AMBER if reasons else _GREY)
        imgui.TextUnformatted(f"{status.interventions} interventions in this episode")
        imgui.TextUnformatted(HELP)


def watch(live: LiveController, *, port: int = 0, stop: Callable[[], bool] = lambda: False) -> None:
    """Serve the viewer until Ctrl-C.

    Args:
        live: the controller at work.
        port: of the web page; 0 takes the first free one from 8080 on.
        stop: asked between frames.

    Raises:
        SettingsError: the port is taken.
    """
    data = mujoco.MjData(live.model)
    live.show(data)
    configuration = viewer_protocol.ViewerConfig(
        title=f"robo-ddpg watch {live.status.task}", gfx="web", http_port=port
    )
    layout = app.Config(show_options=False, show_inspector=False)
    plugins: list[Any] = [app.App(layout), Stepper(live), Panel(lambda: live.status)]
    try:
        with Interruption() as interruption, launch(configuration, plugins) as handle:
            handle.set_model(live.model, data=data)
            while handle.is_running() and not (stop() or interruption.requested):
                handle.sync()
            interruption.release()
    except (RuntimeError, OSError) as error:
        raise SettingsError(f"the viewer cannot start: {error}") from None


def _coloured(text: str, colour: tuple[float, float, float]) -> None:
    imgui.TextColored(imgui.Vec4(*colour, 1.0), text)
