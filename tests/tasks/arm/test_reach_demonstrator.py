"""The scripted solution of reach."""

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.evaluation.episodes import run_episodes
from tasks import make
from tasks.arm.reach_demonstrator import ReachDemonstrator


def test_the_demonstrator_solves_reach_within_all_limits() -> None:
    env = make_environment("reach", 100)
    found = run_episodes(env, ReachDemonstrator(env.simulation.task).act, seed=7_000, count=100)

    assert found.success.all()
    assert max(over.max() for over in found.violations.values()) == 0.0


def test_the_fingertips_are_moved_straight_towards_the_goal() -> None:
    env = make_environment("reach", 20)
    observation, _ = env.reset(seed=0)
    action = ReachDemonstrator(env.simulation.task).act(observation)

    way = observation[:, env.simulation.task.layout["to_goal"]]
    np.testing.assert_allclose(np.cross(action, way), 0.0, atol=1e-6)
    np.testing.assert_allclose(np.abs(action).max(1), 1.0)  # all goals are far at the start


def test_other_actions_are_refused() -> None:
    with pytest.raises(ValueError, match="moves the end effector"):
        ReachDemonstrator(make("reach", action="joint"))
