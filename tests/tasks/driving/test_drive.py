"""Driving along a road: what is seen, what is rewarded, how episodes end, what is refused."""

from typing import Any

import numpy as np
import pytest

from robo_ddpg import RobotVectorEnv
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import SettingsError
from tasks.driving.drive import Drive
from tasks.driving.road.road import LANE_M, LANES_M
from tasks.driving.road.sight import AHEAD_M


def driving(count: int = 4, **settings: Any) -> tuple[RobotVectorEnv, Drive]:
    env = RobotVectorEnv(count, "drive", autoreset_mode="Disabled", **settings)
    env.reset(seed=0)
    assert isinstance(env.task, Drive)
    return env, env.task


def put(
    task: Drive, index: int, along: float, left: float, speed: float, turn: float = 0.0
) -> None:
    """The car on the road; nobody else near it."""
    place, heading = (np.array(v) for v in (along, left)), task.road.at(task.road.heading, along)
    task.along[index] = along
    task.traffic.along[index] = along + 1_000.0
    task.place(index, task.road.place(*place), float(heading), speed)


def looked(task: Drive) -> None:
    task.sense()
    task._find()
    task._show(slice(None))
    task._look()


def test_episodes_begin_on_a_lane_between_the_others_within_the_allowed_speed() -> None:
    _, task = driving(100)
    looked(task)
    assert not task.failure().any()
    assert (np.abs(task.left[:, None] - LANES_M).min(1) < 0.35).all()
    assert (np.abs(task.traffic.along - task.along[:, None]).min(1) > 20.0).all()
    assert (task.speed <= task.allowed(task.along) + 0.1).all()
    assert np.ptp(task.along) > 1_000.0


def test_leaving_the_road_and_touching_a_car_end_the_episode() -> None:
    _, task = driving(4)
    side = LANE_M - task.car.width_m / 2
    for index, left in enumerate((side - 0.05, side + 0.05, -side - 0.05, LANES_M[0])):
        put(task, index, 500.0, left, 10.0)
    task.traffic.along[3, 0], task.traffic.left[3, 0] = 504.0, LANES_M[0]
    looked(task)
    assert task.failure().tolist() == [False, True, True, True]
    assert task.touches.tolist() == [False, False, False, True]


def test_the_route_is_done_when_the_car_has_come_so_far() -> None:
    _, task = driving(3, route_m=100.0)
    for index, along in enumerate((599.0, 601.0, 601.0)):
        put(task, index, along, LANES_M[0], 10.0)
    task.start[:] = 500.0
    task.traffic.along[2, 0], task.traffic.left[2, 0] = 602.0, LANES_M[0]
    looked(task)
    assert task.success().tolist() == [False, True, False]


def test_the_nearest_cars_of_both_lanes_are_seen_as_they_are() -> None:
    _, task = driving(1)
    put(task, 0, 500.0, LANES_M[0], 10.0)
    others = [(530.0, 0, 12.0), (560.0, 0, 5.0), (480.0, 1, 15.0)]
    for car, (along, lane, speed) in enumerate(others):
        task.traffic.along[0, car], task.traffic.left[0, car] = along, LANES_M[lane]
        task.traffic.speed[0, car] = speed
    looked(task)
    right_ahead, right_behind, left_ahead, left_behind = task.observe()["cars"].reshape(4, 3)
    length = task.car.length_m
    np.testing.assert_allclose(right_ahead, [1 - (30 - length) / 60, 0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(left_behind, [1 - (20 - length) / 60, 0.5, 0.0], atol=1e-6)
    assert not right_behind.any()
    assert not left_ahead.any()


def test_fog_hides_what_is_far() -> None:
    seen = {}
    for fog_m in (100.0, 25.0):
        _, task = driving(1, fog_m=fog_m)
        put(task, 0, 500.0, LANES_M[0], 10.0)
        task.traffic.along[0, 0], task.traffic.left[0, 0] = 540.0, LANES_M[0]
        looked(task)
        seen[fog_m] = task.observe()
    assert seen[100.0]["cars"][0, 0] > 0.0
    assert seen[25.0]["cars"][0, 0] == 0.0
    near = AHEAD_M <= 25.0
    for name in ("bends", "allowed"):
        np.testing.assert_allclose(seen[25.0][name][0, near], seen[100.0][name][0, near])
        assert np.ptp(seen[25.0][name][0, ~near]) == 0.0


def test_the_reward_is_for_the_allowed_speed_in_a_lane_at_a_distance() -> None:
    _, task = driving(5)
    fast = float(task.allowed(np.array(500.0)))
    cases = [(0.0, fast), (0.0, 0.5 * fast), (0.0, fast + 4.0), (1.6, fast), (0.0, fast)]
    for index, (off, speed) in enumerate(cases):
        put(task, index, 500.0, LANES_M[0] + off, speed)
    task.traffic.along[4, 0], task.traffic.left[4, 0] = 500.0 + task.car.length_m + 5, LANES_M[0]
    task.traffic.speed[4, 0] = 4.0
    looked(task)
    task.calm[:] = 1.0
    reward = task.reward(task.reward_terms())
    assert reward[0] == pytest.approx(1.0, abs=0.01)
    assert (reward[1:] < 0.9 * reward[0]).all()
    terms = task.reward_terms()
    np.testing.assert_allclose(terms["speed"][:2], [1.0, 0.5], atol=0.01)
    assert terms["distance"][4] < 0.6 < terms["distance"][0]
    assert terms["lane"][3] < 0.4
    assert terms["open"][4] < 0.3 < terms["open"][0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"route_m": 0.0}, "route_m must be from 0 to 2550 m"),
        ({"route_m": 5_000.0}, "route_m"),
        ({"limit_m_s": 90.0}, "limit_m_s"),
        ({"cars": 0}, "cars"),
        ({"slower": (0.9, 0.5)}, "slower"),
        ({"fog_m": 1.0}, "fog_m"),
        ({"road": -1}, "road"),
        ({"friction": 9.0}, "friction"),
    ],
)
def test_impossible_roads_are_refused_in_one_line(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        make_task("drive", **settings)
    assert "\n" not in str(refused.value)
