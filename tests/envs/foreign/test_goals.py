"""Goals of environments of others."""

import numpy as np
import pytest

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.foreign.worker import LARGEST_BATCH
from robo_ddpg.envs.names import make_environment

NO_INFO = np.zeros((1, 0), np.float32)


def goals_of(name: str) -> tuple[GoalSpace | None, list[str]]:
    env = make_environment(name, 2)
    goals = env.goal_space
    notes = [note for note in env.notes if "goal" in note or "hindsight" in note]
    return goals, notes


def test_goals_are_read_replaced_and_rewarded_as_the_environment_does() -> None:
    goals, notes = goals_of("toys:Goals")
    assert goals is not None and notes == []
    seen = np.arange(12, dtype=np.float32).reshape(2, 6)  # achieved, desired, observation
    np.testing.assert_array_equal(goals.achieved_goal(seen), seen[:, :2])
    np.testing.assert_array_equal(goals.desired_goal(seen), seen[:, 2:4])
    replaced = goals.replace_goal(seen, goals.achieved_goal(seen))
    np.testing.assert_array_equal(replaced[:, 2:4], seen[:, :2])
    near, far = np.zeros((2, 2), np.float32), np.array([[0.4, 0], [0.6, 0]], np.float32)
    assert goals.compute_reward(near, far, NO_INFO).tolist() == [0.0, -1.0]
    assert not goals.compute_terminated(near, far, NO_INFO).any()


def test_more_goals_than_fit_at_once_are_rewarded_in_parts() -> None:
    goals, _ = goals_of("toys:Goals")
    assert goals is not None
    desired = np.zeros((LARGEST_BATCH + 3, 2), np.float32)
    desired[-1] = 9.0
    rewards = goals.compute_reward(np.zeros_like(desired), desired, NO_INFO)
    assert rewards.tolist() == [0.0] * (LARGEST_BATCH + 2) + [-1.0]


def test_a_reward_for_one_goal_at_a_time_is_called_for_each_and_said_to_be_slow() -> None:
    goals, notes = goals_of("toys:ScalarGoals")
    assert goals is not None
    assert "slows down hindsight" in notes[0]
    near, far = np.zeros((2, 2), np.float32), np.array([[0.4, 0], [0.6, 0]], np.float32)
    assert goals.compute_reward(near, far, NO_INFO).tolist() == [0.0, -1.0]
    assert goals.compute_terminated(near, far, NO_INFO).tolist() == [True, False]


def test_a_reward_that_depends_on_more_than_goals_is_not_relabelled() -> None:
    goals, notes = goals_of("toys:MoodyGoals")
    assert goals is None
    assert "goals are not relabelled: compute_reward gives" in notes[0]


@pytest.mark.parametrize("name", ["Pendulum-v1", "toys:Nested"])
def test_others_have_no_goals(name: str) -> None:
    assert goals_of(name) == (None, [])


def test_where_goals_do_not_tell_an_episode_ends_as_it_did() -> None:
    goals, _ = goals_of("toys:Goals")
    assert goals is not None
    zeros = np.zeros((2, 2), np.float32)
    ended = np.array([[1.0], [0.0]], np.float32)
    assert goals.compute_terminated(zeros, zeros, ended).tolist() == [True, False]


def test_a_step_tells_hindsight_whether_it_terminated() -> None:
    env = make_environment("toys:Goals", 2)
    assert env.goal_space is not None
    env.reset(seed=0)
    *_, info = env.step(np.zeros((2, 2), np.float32))
    assert info["reward_info"].tolist() == [[0.0], [0.0]]
    env.close()
