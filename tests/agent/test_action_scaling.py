"""Actions stay within the bounds of their space; bounds that cannot be scaled by are refused."""

from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box

from robo_ddpg.agent.action_scaling import ActionScaling, check_spaces
from robo_ddpg.agent.learner import make_learner
from robo_ddpg.agent.policy import Policy
from robo_ddpg.agent.settings import AgentSettings

LARGEST = float(np.finfo(np.float32).max)


def test_the_ends_and_the_middle_of_the_unit_interval_are_those_of_the_space() -> None:
    scaling = ActionScaling(np.array([-1.0, 0.0]), np.array([3.0, 1.0]))
    unit = np.array([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]], np.float32)
    np.testing.assert_array_equal(scaling.from_space(scaling.to_space(unit.copy())), unit)
    np.testing.assert_array_equal(scaling.to_space(unit), [[-1.0, 0.0], [1.0, 0.5], [3.0, 1.0]])


# 0.82 rounds down to float32 and 0.1 up; the first overshoots when it is computed from halves.
@pytest.mark.parametrize(("low", "high"), [(-1.38, 0.82), (-0.1, 0.1), (0.3, 0.7), (1e-3, 1e5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_saturated_policy_acts_within_the_space_whatever_its_bounds(
    low: float, high: float, dtype: Any
) -> None:
    space = Box(low, high, (1,), dtype)
    for bias in (-20.0, 20.0):
        layer = {
            "actor.0.weight": np.zeros((1, 1), np.float32),
            "actor.0.bias": np.array([bias], np.float32),
        }
        action = Policy(layer, space.low, space.high).act(np.zeros(1, np.float32))
        assert space.contains(action), action
    learner = make_learner(Box(-1.0, 1.0, (1,)), space, AgentSettings(), num_envs=4, seed=0)
    for action in learner.explore(np.zeros((4, 1), np.float32)):
        assert space.contains(action), action


@pytest.mark.parametrize(
    ("low", "high", "dtype", "said"),
    [
        (-LARGEST, LARGEST, np.float32, r"range of components \[0, 1\] is not finite in float32"),
        (-1e300, 1e300, np.float64, "RescaleAction"),
        (1.0, 1.0 + 1e-12, np.float64, "low < high"),
        (-np.inf, np.inf, np.float32, "expected finite bounds"),
    ],
)
def test_bounds_that_cannot_be_scaled_by_are_refused(
    low: float, high: float, dtype: Any, said: str
) -> None:
    space = Box(low, high, (2,), dtype)
    with pytest.raises(ValueError, match=said):
        check_spaces(Box(-1.0, 1.0, (1,)), space)
