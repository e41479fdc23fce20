"""Fly: how episodes start, what is seen, what is rewarded, and when it is solved or over."""

import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from tasks.flying.demonstrator import GeometricController
from tasks.flying.fly import Fly, FlySettings
from tasks.rotation import rotations

BACK = [0.0, 1.0, 0.0, 0.0]
"""Attitude of what lies on its back."""


def flying(count: int = 4, **settings: object) -> tuple[RobotVectorEnv, Fly]:
    env = RobotVectorEnv(count, "fly", autoreset_mode="Disabled", **settings)
    env.reset(seed=0)
    assert isinstance(env.task, Fly)
    return env, env.task


def place(task: Fly, **state: object) -> None:
    """Hover at the goal, but for what is given."""
    task.position[:], task._qvel[:] = task.goal, 0.0
    task._attitude[:] = [1.0, 0.0, 0.0, 0.0]
    for name, values in state.items():
        getattr(task, name)[:] = values
    task.started(np.arange(len(task.goal)))


def test_episodes_start_in_any_attitude_and_motion() -> None:
    _, task = flying(2000)
    up = rotations(task._attitude)[:, 2]
    assert np.abs(up.mean(0)).max() < 0.05
    np.testing.assert_allclose(np.quantile(up[:, 2], [0.25, 0.75]), [-0.5, 0.5], atol=0.06)
    for part, most in ((task._qvel[:, :3], 2.0), (task._qvel[:, 3:], 10.0)):
        size = np.linalg.norm(part, axis=1)
        assert size.max() <= most
        assert np.median(size) == pytest.approx(0.5 * most, rel=0.1)
        assert np.abs((part / size[:, None]).mean(0)).max() < 0.05
    np.testing.assert_allclose(task.position.min(0), [-1.0, -1.0, 2.5], atol=0.01)
    np.testing.assert_allclose(task.position.max(0), [1.0, 1.0, 3.5], atol=0.01)


def test_what_is_seen_does_not_depend_on_the_heading() -> None:
    _, task = flying(2)
    half = np.array([0.3, 1.1])  # headings of .6 and 2.2 rad
    turned = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=1)
    away = np.array([0.7, -0.2, 0.4])
    task.goal[:] = [0.0, 0.0, 1.5]
    place(task, _attitude=turned)
    facing = rotations(turned)
    task.position[:] = task.goal - facing @ away
    task._qvel[:, :3] = facing @ [0.5, 0.3, 0.1]
    task.started(np.arange(2))
    first, second = np.concatenate(list(task.observe().values()), axis=1)
    np.testing.assert_allclose(first, second, atol=1e-12)
    np.testing.assert_allclose(task.observe()["to_goal"][0], away / 2.0)


def test_hovering_at_the_goal_earns_everything_and_nothing_else_does() -> None:
    _, task = flying(1)
    place(task)
    assert all(term[0] == 1.0 for term in task.reward_terms().values())
    for change, term in (
        ({"position": task.goal + 0.2}, "on_goal"),
        ({"position": task.goal + 0.9}, "near"),
        ({"position": task.goal + 0.9}, "course"),
        ({"_qvel": [0, 0, 1.5, 0, 0, 0]}, "course"),
        ({"_attitude": BACK}, "upright"),
        ({"_qvel": [0, 0, 0, 15.0, 0, 0]}, "steady"),
    ):
        place(task, **change)
        assert task.reward_terms()[term][0] < 0.3


def test_flying_straight_to_the_goal_and_slowing_down_in_time_is_the_course() -> None:
    _, task = flying(3)
    place(task)
    task.position[:] -= np.array([[0.2], [0.75], [3.0]]) * [1.0, 0.0, 0.0]
    task._qvel[:, 0] = [0.4, 1.5, 1.5]
    task.started(np.arange(3))
    np.testing.assert_allclose(task.reward_terms()["course"], 1.0)


def test_commands_that_change_are_not_smooth() -> None:
    env, task = flying(3)
    env.step(np.array([[0.0], [0.2], [0.6]]) * [1.0, -1.0, 1.0, -1.0])
    smooth = task.reward_terms()["smooth"]
    assert smooth[0] == 1.0
    assert smooth[1] < 0.9
    assert smooth[2] < 0.1


def test_it_is_solved_once_held_for_a_second() -> None:
    env, task = flying(1)
    held = []
    for _ in range(round(task.settings.control_hz) + 5):
        place(task)
        held.append(bool(env.step(np.zeros((1, 4)))[-1]["is_success"][0]))
    assert held.index(True) == round(task.settings.control_hz) - 1
    task.position[:] += 0.06
    task.advance()
    assert not task.success().any()


def test_a_crash_spinning_and_leaving_the_arena_end_the_episode() -> None:
    _, task = flying(6)
    place = [[0, 0, 1], [0, 0, 0.04], [3.1, 0, 1], [0, -3.1, 1], [0, 0, 5.1], [0, 0, 1]]
    task.position[:], task._qvel[:] = place, 0.0
    task._qvel[5, 3:] = [20.0, -20.0, 25.0]
    assert task.failure().tolist() == [False, True, True, True, True, True]


def test_the_demonstrator_turns_over_what_lies_on_its_back() -> None:
    env, task = flying(6, episode_s=4.0)
    place(task, _attitude=BACK, position=[0.0, 0.0, 2.5])
    demonstrator, observation = GeometricController(task), env.simulation._observe()
    for _ in range(task.episode_steps):
        observation, _, terminated, _, info = env.step(demonstrator.act(observation))
        assert not terminated.any()
    assert info["is_success"].all()
    assert task.distance.max() < 0.01


def test_the_demonstrator_refuses_other_actions() -> None:
    _, task = flying(1, control="rates")
    with pytest.raises(ValueError, match="control='motors'"):
        GeometricController(task)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"control": "wings"}, "'motors' or 'rates'"),
        ({"start_low_m": (-4.0, 0.0, 2.5)}, "box in the arena"),
        ({"start_speed_m_s": -1.0}, "not be negative"),
        ({"goal_low_m": (2.0, 0.0, 1.0)}, "goal_low_m must lie below"),
        ({"tolerance_m": 0.0}, "tolerance_m must be positive"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FlySettings(**settings)
