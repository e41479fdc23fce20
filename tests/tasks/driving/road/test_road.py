"""Roads: bends, places on them and back, allowed speeds; and the cars that drive there."""

import numpy as np
import pytest

from tasks.driving.road.road import (
    BRAKING_M_S2,
    LANES_M,
    RADIUS_M,
    SIDEWAYS_M_S2,
    Road,
    random_road,
)
from tasks.driving.road.traffic import (
    ACCELERATION_M_S2,
    FREE_M,
    HARDEST_M_S2,
    HEADWAY_S,
    STANDING_M,
    Traffic,
    follow,
)
from tasks.driving.road.traffic import (
    BRAKING_M_S2 as COMFORTABLE_M_S2,
)

LENGTH_M = 4.5
STEP_S = 0.2


def straight() -> Road:
    points = np.stack([np.arange(2001.0), np.zeros(2001)], axis=1)
    return Road(points, np.zeros(2001), np.zeros(2001), np.full(2001, 100.0))


def traffic(*cars: tuple[float, int, float, float]) -> Traffic:
    """Cars at (along, lane, speed, wanted) on one straight road, that do nothing unasked."""
    made = Traffic(straight(), 1, len(cars), LENGTH_M, STEP_S)
    along, lane, speed, wanted = map(np.array, zip(*cars, strict=True))
    made.along[0], made.lane[0], made.speed[0], made._wanted[0] = along, lane, speed, wanted
    made.left[0] = LANES_M[lane]
    made._brakes_at[:], made._changes_at[:] = 1e9, 1e9
    return made


def driven(cars: Traffic, seconds: float, other: tuple[float, float, float] = (-1e3, 0, 0)) -> None:
    along, left, speed = (np.array([value], float) for value in other)
    for _ in range(round(seconds / STEP_S)):
        along = along + speed * STEP_S
        cars.advance(along, left, speed)


def test_the_same_seed_is_the_same_road_and_another_seed_another() -> None:
    road = random_road(1, 800)
    again, other = random_road.__wrapped__(1, 800), random_road(2, 800)
    np.testing.assert_array_equal(road.points, again.points)
    assert np.abs(road.points - other.points).max() > 10.0


def test_curvature_and_heading_are_those_of_the_points() -> None:
    road = random_road(0, 2000)
    steps = np.diff(road.points, axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 1.0, atol=1e-3)
    between = (road.heading[1:] + road.heading[:-1]) / 2
    np.testing.assert_allclose(np.arctan2(steps[:, 1], steps[:, 0]), between, atol=1e-9)
    np.testing.assert_allclose(
        np.diff(road.heading), (road.curvature[1:] + road.curvature[:-1]) / 2
    )
    assert np.abs(road.curvature).max() == pytest.approx(1 / RADIUS_M[0], rel=0.3)


def test_a_road_leads_on_and_never_crosses_itself() -> None:
    for seed in range(5):
        assert (np.diff(random_road(seed, 2000).points[:, 0]) > 0.0).all()


def test_a_place_on_the_road_is_found_again() -> None:
    road = random_road(0, 2000)
    rng = np.random.default_rng(0)
    along, left = rng.uniform(100, 1900, 200), rng.uniform(-3.5, 3.5, 200)
    found, aside = road.find(road.place(along, left), along + rng.uniform(-5, 5, 200))
    np.testing.assert_allclose(found, along, atol=0.02)
    np.testing.assert_allclose(aside, left, atol=0.02)


def test_allowed_speeds_are_those_of_bends_and_of_braking_before_them() -> None:
    road = random_road(0, 2000)
    sideways = np.square(road.allowed) * np.abs(road.curvature)
    assert sideways.max() <= SIDEWAYS_M_S2 + 1e-9
    slower = -np.diff(np.square(road.allowed)) / 2
    assert slower.max() == pytest.approx(BRAKING_M_S2)


def test_the_driver_model_rests_where_its_formula_says() -> None:
    speed = np.array([0.0, 10.0, 20.0])
    free = follow(speed, np.full(3, 20.0), np.full(3, 1e9), speed)
    np.testing.assert_allclose(free, ACCELERATION_M_S2 * (1 - (speed / 20.0) ** 4), atol=1e-6)
    # At equal speeds the gap s* / sqrt(1 - (v / v0)^4) is kept (Treiber et al. 2000, equation 4).
    gap = (STANDING_M + 10.0 * HEADWAY_S) / np.sqrt(1 - 0.5**4)
    assert follow(*map(np.array, (10.0, 20.0, gap, 10.0))) == pytest.approx(0.0, abs=1e-9)
    closing = follow(*map(np.array, (10.0, 20.0, gap, 5.0)))
    added = 10.0 * 5.0 / (2 * np.sqrt(ACCELERATION_M_S2 * COMFORTABLE_M_S2))
    desired = STANDING_M + 10.0 * HEADWAY_S + added
    assert closing == pytest.approx(ACCELERATION_M_S2 * (1 - 0.5**4 - (desired / gap) ** 2))
    assert follow(*map(np.array, (30.0, 30.0, 1.0, 0.0))) == -HARDEST_M_S2


def test_cars_follow_each_other_and_nobody_is_hit() -> None:
    cars = traffic((0.0, 0, 20.0, 20.0), (60.0, 0, 10.0, 10.0), (90.0, 1, 2.0, 2.0))
    nearest = FREE_M
    for _ in range(150):
        driven(cars, STEP_S)
        nearest = min(nearest, float(cars.along[0, 1] - cars.along[0, 0]))
    assert nearest > LENGTH_M + 1.0
    assert cars.speed[0, 0] == pytest.approx(10.0, abs=0.5)


def test_cars_brake_for_the_car_of_the_task_on_their_lane_only() -> None:
    for lane in (0, 1):
        cars = traffic((0.0, 0, 15.0, 15.0))
        driven(cars, 6.0, (60.0, float(LANES_M[lane]), 0.0))
        assert (cars.speed[0, 0] < 8.0) == (lane == 0)


def test_a_car_brakes_when_its_time_has_come() -> None:
    cars = traffic((0.0, 0, 15.0, 15.0))
    cars._brakes_at[:] = 1.0
    driven(cars, 3.6)
    assert cars.speed[0, 0] < 12.0


@pytest.mark.parametrize(("neighbour_m", "changes"), [(0.0, False), (-11.0, False), (-60.0, True)])
def test_lanes_are_changed_where_there_is_room(neighbour_m: float, changes: bool) -> None:
    cars = traffic((100.0, 0, 10.0, 10.0), (100.0 + neighbour_m, 1, 10.0, 10.0))
    cars._changes_at[0, 0] = 0.5
    driven(cars, 5.0)
    assert cars.left[0, 0] == pytest.approx(LANES_M[1 if changes else 0])


def test_a_faster_car_behind_keeps_others_on_their_lane() -> None:
    for speed, changes in ((10.0, True), (25.0, False)):
        cars = traffic((100.0, 0, 10.0, 10.0))
        cars._changes_at[:] = 0.1
        driven(cars, 0.4, (75.0, float(LANES_M[1]), speed))
        assert (cars.lane[0, 0] == 1) == changes
