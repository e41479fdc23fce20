"""The scripted solution of grasp."""

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.evaluation.episodes import run_episodes
from tasks import make
from tasks.arm.grasp_demonstrator import GraspDemonstrator


def solved(episodes: int, task: str = "grasp", **settings) -> tuple[float, dict]:
    """Share of episodes that are solved, and the worst overshoot of each limit."""
    env = make_environment(task, episodes, **settings)
    found = run_episodes(
        env, GraspDemonstrator(env.simulation.task).act, seed=7_000, count=episodes
    )
    return found.success.mean(), {limit: over.max() for limit, over in found.violations.items()}


@pytest.mark.slow
def test_the_demonstrator_solves_grasp_within_all_limits() -> None:
    share, violations = solved(100)
    assert share >= 0.98
    assert max(violations.values()) == 0.0


@pytest.mark.slow
def test_the_demonstrator_solves_nearly_all_of_200_episodes() -> None:
    assert solved(200)[0] >= 0.98


def test_the_demonstrator_lifts_cubes_where_they_lie() -> None:
    assert solved(20, goal="lift")[0] >= 0.95


def test_the_demonstrator_carries_cubes_across_the_table() -> None:
    assert solved(20, goal="table")[0] >= 0.95


def test_demonstrations_depend_on_the_observation_only() -> None:
    env = make_environment("grasp", 3)
    observation, _ = env.reset(seed=0)
    demonstrator = GraspDemonstrator(env.simulation.task)
    actions = demonstrator.act(observation)
    assert actions.shape == (3, 5)
    assert np.abs(actions).max() <= 1.0
    np.testing.assert_array_equal(demonstrator.act(observation[1:]), actions[1:])


@pytest.mark.parametrize("shape", ["cube", "cylinder", "sphere", "box"])
def test_the_demonstrator_turns_the_hand_around_every_shape(shape: str) -> None:
    assert solved(12, shape=shape, yaw=True)[0] >= 0.9


def test_the_demonstrator_tells_shapes_apart() -> None:
    assert solved(24, "grasp-any")[0] >= 0.95


def test_other_actions_are_refused() -> None:
    with pytest.raises(ValueError, match="moves the end effector"):
        GraspDemonstrator(make("grasp", action="joint"))
