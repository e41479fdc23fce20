"""A live controller and the viewer's data that shows it."""

import mujoco
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.viewer.live import LiveController


@pytest.fixture
def live() -> LiveController:
    return LiveController(Controller.find("reach"), seed=3)


@pytest.fixture
def data(live: LiveController) -> mujoco.MjData:
    data = mujoco.MjData(live.model)
    live.show(data)
    return data
