"""The arithmetic of braking: no velocity is allowed from which a joint could not stop in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robo_ddpg.control.braking import (
    JointBounds,
    approach_and_stop,
    full_brake,
    position_interval,
    stop_after,
    stoppable_speed,
)
from tasks.arm.robot import PANDA, MotionLimits
from tasks.arrays import Array

PERIOD = 0.05
RANGE = np.array([[-2.9, 2.9], [-1.7, 1.7], [-0.3, 0.3]])
LIMITS = MotionLimits(
    velocity_rad_s=(2.2, 2.6, 1.0),
    acceleration_rad_s2=(15.0, 7.5, 3.0),
    jerk_rad_s3=(7500.0, 3750.0, 5000.0),
    torque_nm=(87.0, 87.0, 12.0),
    hand_speed_m_s=1.7,
)
BOUNDS = JointBounds.of(LIMITS, RANGE)
STEP = BOUNDS.acceleration * PERIOD

speeds = st.floats(-1.0, 1.0).map(lambda share: share * BOUNDS.velocity)
shares = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(np.array)


def braked(position: Array, velocity: Array) -> tuple[Array, Array]:
    """Lowest and highest positions while braking period by period, in small steps of time."""
    low, high = position.copy(), position.copy()
    for _ in range(200):
        following = full_brake(velocity, STEP)
        for time in np.linspace(0.0, PERIOD, 21):
            now = position + velocity * time + 0.5 * (following - velocity) / PERIOD * time**2
            low, high = np.minimum(low, now), np.maximum(high, now)
        position = position + 0.5 * PERIOD * (velocity + following)
        velocity = following
        if not velocity.any():
            return low, high
    raise AssertionError("the brake never stopped the joint")


def safe_state(velocity: Array, share: Array) -> Array:
    """A position from which the brake stops within the range."""
    low, high = braked(np.zeros(3), velocity)
    lowest, highest = BOUNDS.low - low, BOUNDS.high - high
    return lowest + share * (highest - lowest)


@given(velocity=speeds)
def test_approaching_and_stopping_takes_the_distance_that_a_simulated_brake_takes(
    velocity: Array,
) -> None:
    low, high = braked(np.zeros(3), velocity)
    travelled = np.where(velocity > 0, high, low)
    expected = 0.5 * PERIOD * velocity + travelled
    np.testing.assert_allclose(approach_and_stop(velocity, STEP, PERIOD), expected, atol=1e-12)


@given(distance=st.lists(st.floats(0.0, 5.0), min_size=3, max_size=3).map(np.array))
def test_the_stoppable_speed_uses_up_the_distance_exactly(distance: Array) -> None:
    speed = stoppable_speed(distance, STEP, PERIOD)
    np.testing.assert_allclose(approach_and_stop(speed, STEP, PERIOD), distance, atol=1e-12)


def test_without_room_no_speed_can_be_stopped() -> None:
    np.testing.assert_array_equal(stoppable_speed(np.array([-1.0, 0.0, -1e-9]), STEP, PERIOD), 0)


@settings(max_examples=200)
@given(velocity=speeds, share=shares)
def test_the_full_brake_is_always_allowed(velocity: Array, share: Array) -> None:
    position = safe_state(velocity, share)
    low, high = position_interval(position, velocity, BOUNDS, PERIOD)
    brake = full_brake(velocity, STEP)
    assert (low <= brake + 1e-12).all() and (brake <= high + 1e-12).all()
    assert (np.abs(brake) <= BOUNDS.velocity).all()
    assert (np.abs(brake - velocity) <= STEP * (1 + 1e-12)).all()


@settings(max_examples=200)
@given(velocity=speeds, share=shares, choice=shares)
def test_every_allowed_velocity_can_still_be_braked_within_the_range(
    velocity: Array, share: Array, choice: Array
) -> None:
    position = safe_state(velocity, share)
    low, high = position_interval(position, velocity, BOUNDS, PERIOD)
    low = np.maximum(np.maximum(low, velocity - STEP), -BOUNDS.velocity)
    high = np.minimum(np.minimum(high, velocity + STEP), BOUNDS.velocity)
    target = low + choice * (high - low)
    time = np.linspace(0.0, PERIOD, 51)[:, None]
    within = position + velocity * time + 0.5 * (target - velocity) / PERIOD * time**2
    lowest, highest = braked(within[-1], target)
    assert (np.minimum(within.min(0), lowest) >= BOUNDS.low - 1e-9).all()
    assert (np.maximum(within.max(0), highest) <= BOUNDS.high + 1e-9).all()


@given(velocity=speeds, choice=shares)
def test_the_way_to_standstill_covers_what_is_really_travelled(
    velocity: Array, choice: Array
) -> None:
    target = velocity + (2 * choice - 1) * STEP
    stop = stop_after(velocity, target, STEP, PERIOD)
    low, high = braked(0.5 * PERIOD * (velocity + target), target)
    final = np.where(target > 0, high, low)
    final = np.where(target == 0, 0.5 * PERIOD * velocity, final)
    np.testing.assert_allclose(stop.shift, final, atol=1e-12)
    assert (stop.swept >= np.abs(stop.shift) - 1e-12).all()


def test_margins_are_taken_off_both_sides_of_the_range() -> None:
    np.testing.assert_allclose(BOUNDS.high, 0.96 * RANGE[:, 1])
    np.testing.assert_allclose(BOUNDS.velocity, 0.96 * np.array([2.2, 2.6, 1.0]))


def test_the_window_keeps_the_tightest_jerk_limit() -> None:
    assert BOUNDS.window_s == pytest.approx(max(2 * 15 / 7500, 2 * 7.5 / 3750, 2 * 3 / 5000))


def test_another_number_of_joints_is_refused() -> None:
    with pytest.raises(ValueError, match="limits are for 7 joints, the model has 3"):
        JointBounds.of(PANDA.limits, RANGE)


def test_a_joint_without_range_is_refused() -> None:
    with pytest.raises(ValueError, match="no position range"):
        JointBounds.of(LIMITS, np.array([[-1.0, 1.0], [0.0, 0.0], [-1.0, 1.0]]))
