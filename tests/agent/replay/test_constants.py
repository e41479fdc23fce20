"""Components that never vary are noticed, wherever in the ring they did."""

from typing import Any

import numpy as np
import pytest

from robo_ddpg.agent.replay.constants import Constants
from robo_ddpg.agent.replay.ring import Ring
from robo_ddpg.agent.transitions import Transitions


def store(ring: Ring, observation: Any) -> None:
    """One step of both simulations with the same observation."""
    rows, none = np.tile(np.asarray(observation, np.float32), (2, 1)), np.zeros(2, np.bool_)
    action = np.zeros((2, 1), np.float32)
    step = Transitions(rows, action, np.zeros(2, np.float32), none, none, rows, None, ~none)
    ring.store(step, action)


@pytest.mark.parametrize("at", range(9))
def test_a_component_that_varied_once_is_constant_no_more(at: int) -> None:
    ring, constants = Ring(3, 2, observation_size=3, action_size=1), Constants(3)
    for time in range(9):
        store(ring, [time, 7.0, 8.0 if time == at else 9.0])
        if time % 2 == 0:
            constants.look(ring)
    assert constants.constant.tolist() == [False, True, False]
