"""Locomotion: run forward in the plane."""

from typing import Any

from tasks.legged.learning import RUNNING
from tasks.legged.planar import Planar, PlanarSettings
from tasks.legged.robot import RUNNER

LANDING_S = 0.001
"""Physics time step [s]: within a longer one, feet that land this fast are through with slipping,
and millimetres deep."""


class Runner(Planar):
    """Run forward on two legs in the plane, like a cheetah, at 5 m/s.

    Reward terms, each in [0, 1]; style only counts as far as the robot runs, so that standing
    still, which is smooth and costs nothing, earns nothing:

    - `speed` grows linearly up to the speed asked for and falls beyond; all terms are only earned
      upright, with joints that are no faster than their motors and feet that land softly.
    - `smooth` pays for commands that change little, because twitching wears a machine out.
    - `economy` pays for little torque.
    - `grip` pays for feet that do not slip where they press on the ground.
    """

    name = "locomotion"
    learning = RUNNING
    robot = RUNNER
    weights = {  # noqa: RUF012 - never changed
        "speed": 0.45,
        "smooth": 0.1,
        "economy": 0.1,
        "grip": 0.35,
    }
    upright_rad = 0.5
    # Stricter than for those that step, whose feet are slower: fast feet land hard and slide.
    too_fast = (1.05, 1.3)
    sunk_m = (0.002, 0.006)
    slip_m_s = 0.3

    def __init__(self, **settings: Any) -> None:
        super().__init__(PlanarSettings(**{"timestep_s": LANDING_S} | settings))
