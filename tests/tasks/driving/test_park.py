"""Parking: how episodes begin and end, what is rewarded, and what settings are refused."""

from typing import Any

import numpy as np
import pytest

from robo_ddpg import RobotVectorEnv
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import SettingsError
from tasks.driving.boxes import Boxes, touch
from tasks.driving.car_park.lot import PARKED
from tasks.driving.car_park.pose import PoseView, turn_between
from tasks.driving.car_park.task import START_M
from tasks.driving.car_park.way_out import ROUND_M, STRAIGHT_M
from tasks.driving.park import Park


def parking(count: int = 4, **settings: Any) -> tuple[RobotVectorEnv, Park]:
    env = RobotVectorEnv(count, "drive-park", autoreset_mode="Disabled", **settings)
    env.reset(seed=0)
    assert isinstance(env.task, Park)
    return env, env.task


def put(task: Park, index: int, pose: Any) -> None:
    task.place(index, np.asarray(pose[:2]), float(pose[2]))
    task.sense()
    task.advance()


def test_a_slot_is_free_and_nothing_is_touched_at_the_start_or_in_the_slot() -> None:
    _, task = parking(200, occupied=1.0)
    for pose in (task.pose, task.goal):
        car = Boxes(pose[:, None, :2], pose[:, None, 2], task.car.half_size_m)
        assert not touch(car, task.obstacles).any()
    parked = task.obstacles.middle[:, : len(PARKED)]
    assert ((np.abs(parked[..., 0]) < task.lot.half_m).sum(1) == len(PARKED) - 1).all()


def test_eased_episodes_begin_on_a_way_out_of_the_slot_and_touch_nothing() -> None:
    _, task = parking(200, occupied=1.0, eased=1.0)
    own = Boxes(task.pose[:, None, :2], task.pose[:, None, 2], task.car.half_size_m)
    assert not touch(own, task.obstacles).any()
    away = np.linalg.norm(task.pose[:, :2] - task.goal[:, :2], axis=1)
    assert away.max() < STRAIGHT_M + ROUND_M + 2.0
    assert (away < 3.0).sum() > 10
    nose_out = np.cos(task.pose[:, 2] - task.goal[:, 2]) > 0
    assert 50 < nose_out.sum() < 150


def test_episodes_that_begin_astray_touch_nothing_in_the_aisle_turned_any_way() -> None:
    _, task = parking(200, astray=1.0)
    own = Boxes(task.pose[:, None, :2], task.pose[:, None, 2], task.car.half_size_m)
    assert not touch(own, task.obstacles).any()
    assert (task.pose[:, 1] > 0.0).all()
    assert (np.abs(np.sin(task.pose[:, 2])) > 0.7).sum() > 40


def test_no_episode_is_eased_unless_asked_for() -> None:
    _, plain = parking(50)
    _, some = parking(50, eased=0.3)
    assert (plain.pose[:, 1] >= START_M).all()
    assert 0 < (some.pose[:, 1] < START_M).sum() < 25


def test_standing_in_the_slot_is_success_and_nothing_else_is() -> None:
    _, task = parking(6)
    goal = task.goal
    offsets = [(0, 0, 0), (0.15, 0, 0), (0.25, 0, 0), (0, 0, 0.08), (0, 0, 0.1), (0, 0, np.pi)]
    for i, offset in enumerate(offsets):
        put(task, i, goal[i] + offset)
    assert task.success().tolist() == [True, True, False, True, False, True]
    task.qvel[:, :2] = 0.2 * task.forward
    task.advance()
    assert not task.success().any()
    distance = task.metrics()["distance_m"]
    np.testing.assert_allclose(distance[:3], [0.0, 0.15, 0.25], atol=1e-9)
    np.testing.assert_allclose(task.metrics()["turn_deg"][3], np.degrees(0.08), atol=1e-6)


def test_touching_a_parked_car_or_the_hedge_ends_the_episode() -> None:
    env, task = parking(3)
    middle = task.obstacles.middle
    beside = middle[0, :5][np.abs(middle[0, :5, 0]) < 100][0]
    put(task, 0, [beside[0], beside[1] + 4.4, np.pi / 2])
    put(task, 1, [task.lot.half_m - 2.2, 3.0, 0.0])
    put(task, 2, [0.0, 3.0, 0.0])
    terminated = env.step(np.zeros((3, 2), np.float32))[2]
    assert terminated.tolist() == [True, True, False]


def test_the_reward_grows_towards_the_slot_and_pays_for_standing_still() -> None:
    _, task = parking(5)
    goal = task.goal
    for i, away in enumerate((6.0, 3.0, 1.0, 0.2, 0.0)):
        put(task, i, goal[i] + [0.0, away, 0.0])
    task.calm[:] = 1.0
    terms = task.reward_terms()
    for name in ("near", "parked", "still"):
        assert (np.diff(terms[name]) >= 0).all()
    assert task.reward(terms)[-1] == pytest.approx(1.0)
    still = terms["still"].copy()
    task.speed[:] = 0.3
    np.testing.assert_allclose(task.reward_terms()["still"], 0.1 * still)


def test_full_changes_and_driving_at_the_limit_are_not_calm() -> None:
    env, task = parking(3)
    for _ in range(12):
        env.step(np.array([[0.0, 0.0], [0.0, 0.6], [1.0, 0.0]], np.float32))
    calm = task.reward_terms()["calm"]
    assert calm[0] > 0.99
    assert calm[1:].max() < 0.5


def test_poses_are_read_back_as_they_were_observed() -> None:
    rng = np.random.default_rng(0)
    view = PoseView((1.0, -2.0), 10.0, 0.5, 0.2, np.array([2.0, 1.0]))
    pose, goal = rng.uniform(-9, 9, (2, 50, 3))
    pose[:, 2] = np.clip(pose[:, 2], -3, 3)
    np.testing.assert_allclose(view.read(view.pose(pose)), pose)
    again = view.read_goal(view.goal(goal, pose)["to_goal"], pose)
    np.testing.assert_allclose(again[:, :2], goal[:, :2])
    np.testing.assert_allclose(turn_between(again, goal), 0.0, atol=1e-12)


def test_the_car_is_seen_from_the_goal_too_whichever_end_is_in_front() -> None:
    view = PoseView((0.0, 0.0), 10.0, 0.5, 0.2, np.array([2.0, 1.0]))
    slot = np.array([[3.0, -2.0, np.pi / 2]])
    car = np.array([[4.0, 2.0, np.pi / 2]])  # 4 m before the slot, 1 m to its right
    for heading in (np.pi / 2, -np.pi / 2):
        slot[0, 2] = heading
        seen = view.goal(slot, car)
        np.testing.assert_allclose(10.0 * seen["from_goal"], [[4.0, -1.0]])
        np.testing.assert_allclose(2.0 * seen["from_goal_fine"], [[4.0, -1.0]])
        corners = [[6.0, 0.0, 6.0, -2.0, 2.0, -2.0, 2.0, 0.0]]
        np.testing.assert_allclose(3.0 * seen["corners"], corners, atol=1e-12)
    car[0, 2] = -np.pi / 2
    corners = [[2.0, -2.0, 2.0, 0.0, 6.0, 0.0, 6.0, -2.0]]
    np.testing.assert_allclose(3.0 * view.goal(slot, car)["corners"], corners, atol=1e-12)


def test_distances_say_how_near_the_nearest_thing_is() -> None:
    _, task = parking(2)
    hedge = task.lot.half_m
    put(task, 0, [hedge - 1.0 - task.car.length_m / 2, 3.0, 0.0])
    put(task, 1, [0.0, task.lot.aisle_m - 1.5 - task.car.width_m / 2, 0.0])
    seen = 3.0 * task.observe()["distances"]
    np.testing.assert_allclose(seen[0, :4], 1.0)
    np.testing.assert_allclose(seen[1, [8, 10]], 1.5)


def test_another_slot_can_be_asked_for() -> None:
    _, task = parking(2)
    steering = task.steering()
    wanted = np.array([2.5, -2.5, -np.pi / 2])
    steering.ask(1, wanted)
    np.testing.assert_allclose(steering.asked()[1], wanted)
    np.testing.assert_allclose(task.commands()["slot"][1], wanted)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"slot_width_m": 1.7}, "slot_width_m must be from 2.21 to 20 m"),
        ({"slot_length_m": 4.0}, "slot_length_m"),
        ({"aisle_m": float("nan")}, "aisle_m"),
        ({"occupied": 1.5}, "occupied"),
        ({"astray": -0.1}, "astray must be within"),
        ({"tolerance_m": 0.0}, "tolerance_m"),
        ({"friction": 0.0}, "friction"),
        ({"slot_width": 3.0}, "slot_width"),
    ],
)
def test_impossible_car_parks_are_refused_in_one_line(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        make_task("drive-park", **settings)
    assert "\n" not in str(refused.value)
