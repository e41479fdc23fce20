"""What the viewer tells the live controller, and what it is given."""

import types

import mujoco
from mujoco.studio import messages
from mujoco.studio.sim import PauseState

from robo_ddpg.controller import Controller
from robo_ddpg.viewer.browser import Panel, Stepper
from robo_ddpg.viewer.live import LiveController


class Handle:
    """Keeps what it is given, as the viewer's does."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.set_model(model, data)

    def set_model(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.model, self.data = model, data


def test_the_goal_is_selected_when_the_scene_appears(
    live: LiveController, data: mujoco.MjData
) -> None:
    panel = Panel(lambda: live.status)
    panel.viewer = types.SimpleNamespace(perturb=mujoco.MjvPerturb())
    panel.on_post_model(messages.PostModelEvent(model=live.model, data=data))
    selected = live.model.body(panel.viewer.perturb.select)
    assert live.model.body_mocapid[selected.id] >= 0


def test_a_paused_controller_stands_still(live: LiveController, data: mujoco.MjData) -> None:
    stepper = Stepper(live)
    paused = messages.StepControlSnapshot(pause_state=PauseState.NORMAL_PAUSED, speed=100.0)
    stepper.on_pause_state(paused)
    for _ in range(5):
        stepper.on_step(messages.StepEvent(model=live.model, data=data))
    assert data.time == 0.0


def test_the_viewer_gets_the_object_of_each_episode() -> None:
    live = LiveController(Controller.find("grasp"), seed=3)
    stepper, sizes = Stepper(live), []
    stepper.handle = Handle(live.model, mujoco.MjData(live.model))
    for _ in range(2):
        stepper.on_reset(messages.ResetEvent())
        assert stepper.handle.model is live.model
        assert stepper.handle.data.time == 0.0
        sizes.append(live.model.geom("object").size[0])
    assert sizes[0] != sizes[1]
