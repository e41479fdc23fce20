"""Locomotion: run forward in the plane."""

from typing import Any

from tasks.legged.learning import RUNNING
from tasks.legged.planar import Planar, PlanarSettings
from tasks.legged.robot import RUNNER


class Runner(Planar):
    """Run forward on two legs in the plane, like a cheetah, at 5 m/s.

    Reward terms, each in [0, 1]; style only counts as far as the robot runs, so that standing
    still, which is smooth and costs nothing, earns nothing:

    - `speed` grows linearly up to the speed asked for, and is only earned upright.
    - `smooth` pays for commands that change little, because twitching wears a machine out.
    - `economy` pays for little torque.
    """

    name = "locomotion"
    learning = RUNNING
    robot = RUNNER
    weights = {"speed": 0.7, "smooth": 0.15, "economy": 0.15}  # noqa: RUF012 - never changed
    upright_rad = 0.5

    def __init__(self, **settings: Any) -> None:
        super().__init__(PlanarSettings(**settings))
