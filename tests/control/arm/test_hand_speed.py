"""The bound on the hand's speed against densely sampled motion, and that braking keeps it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from robo_ddpg.control.arm.hand_speed import HandSpeed
from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.motion import REASONS, ArmMotion, Timing
from robo_ddpg.control.braking import JointBounds, Stop, braking_speeds, full_brake, stop_after
from robo_ddpg.control.interventions import Interventions
from tasks.arm.reach import Reach
from tasks.arm.robot import PANDA
from tasks.arrays import Array

N = 256
PERIOD = 0.05
WINDOW = 0.02
SAMPLES = 9
PERIODS = 8
"""More than any brake takes."""
ALL = np.arange(N)


class Scene:
    """Random poses and motions of many arms."""

    def __init__(self) -> None:
        self.model = Reach().model
        ranges = self.model.jnt_range[[self.model.joint(name).id for name in PANDA.joints]]
        self.bounds = JointBounds.of(PANDA.limits, ranges)
        self.step = self.bounds.acceleration * PERIOD
        self.kinematics = ArmKinematics(self.model, N, PANDA, ["wrist", "elbow"])
        self.hand = HandSpeed(self.kinematics, PANDA.limits.hand_speed_m_s, self.bounds, WINDOW)

    def states(self, seed: int) -> tuple[Array, Array, Array]:
        """Positions, velocities and next velocities within the joints' limits, slow and fast."""
        rng = np.random.default_rng(seed)
        bounds, share = self.bounds, rng.uniform(0, 1, (N, 1))
        position = rng.uniform(bounds.low, bounds.high, (N, 7))
        velocity = share * rng.uniform(-1, 1, (N, 7)) * bounds.velocity
        change = rng.uniform(-1, 1, (N, 7)) * self.step
        return position, velocity, np.clip(velocity + change, -bounds.velocity, bounds.velocity)

    def plan(self, velocity: Array, target: Array) -> tuple[Stop, Array]:
        """The way to standstill."""
        stop = stop_after(velocity, target, self.step, PERIOD)
        return stop, braking_speeds(velocity, target, self.step, PERIODS)

    def hand_speed(self, position: Array, velocity: Array) -> Array:
        self.kinematics.update(position)
        return np.linalg.norm((velocity[:, None] @ self.kinematics.tip_jacobian)[:, 0], axis=-1)

    def fastest_within(self, position: Array, velocity: Array, target: Array) -> Array:
        """Highest speed of the hand that is met within one period, (n,)."""
        fastest = np.zeros(N)
        for time in np.linspace(0, PERIOD, SAMPLES):
            change = (target - velocity) / PERIOD * time
            now = self.hand_speed(position + (velocity + 0.5 * change) * time, velocity + change)
            fastest = np.maximum(fastest, now)
        return fastest

    def fastest(self, position: Array, velocity: Array, target: Array) -> Array:
        """Highest speed of the hand that is met on the way to standstill, (n,)."""
        fastest = np.zeros(N)
        while velocity.any() or target.any():
            fastest = np.maximum(fastest, self.fastest_within(position, velocity, target))
            position = position + 0.5 * PERIOD * (velocity + target)
            velocity, target = target, full_brake(target, self.step)
        return fastest


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def test_the_hand_is_never_faster_than_the_bounds_until_the_arm_stands_still(scene: Scene) -> None:
    position, velocity, target = scene.states(0)
    fastest = scene.fastest(position, velocity, target)
    scene.kinematics.update(position)
    stop, speeds = scene.plan(velocity, target)
    assert (fastest <= scene.hand.highest(speeds, PERIOD, ALL) + 1e-12).all()
    assert (fastest <= scene.hand.roughly(stop, speeds) + 1e-12).all()


def test_for_usual_motion_the_bound_is_close(scene: Scene) -> None:
    """Half a radian per second in every joint; otherwise the filter would slow arms down idly."""
    position = scene.states(1)[0]
    velocity = 0.5 * np.sign(np.random.default_rng(1).uniform(-1, 1, (N, 7)))
    fastest = scene.fastest(position, velocity, velocity)
    scene.kinematics.update(position)
    bound = scene.hand.highest(scene.plan(velocity, velocity)[1], PERIOD, ALL)
    assert (bound - fastest).max() < 0.15
    assert bound.max() < scene.hand.limit


def test_an_arm_that_stands_still_has_no_speed(scene: Scene) -> None:
    scene.kinematics.update(scene.states(0)[0])
    rest = np.zeros((N, 7))
    assert not scene.hand.highest(scene.plan(rest, rest)[1], PERIOD, ALL).any()


def test_the_excess_is_never_underrated(scene: Scene) -> None:
    position, velocity, target = scene.states(2)
    scene.kinematics.update(position)
    stop, speeds = scene.plan(velocity, target)
    excess = scene.hand.excess(stop, speeds, PERIOD)
    fastest = scene.fastest(position, velocity, target)
    assert 0.05 < (excess > 0).mean() < 0.9
    assert (fastest - scene.hand.limit <= excess + 1e-12).all()


def test_shares_of_motions_are_judged_as_if_each_stood_alone(scene: Scene) -> None:
    position, velocity, target = scene.states(3)
    scene.kinematics.update(position)
    ids = np.array([7, 3, 100])
    tried = np.stack([target[ids], 0.5 * target[ids]])
    speeds = braking_speeds(velocity[ids], tried, scene.step, PERIODS)
    stops = stop_after(velocity[ids], tried, scene.step, PERIOD)
    together = scene.hand.excess(stops, speeds, PERIOD, ids)
    for i, row in enumerate(ids):
        for s in range(2):
            alone = scene.hand.excess(stops[s], speeds[s], PERIOD, ids)[i]
            one = braking_speeds(velocity[row], tried[s, i], scene.step, PERIODS)[None]
            np.testing.assert_allclose(together[s, i], alone, atol=1e-12)
            if alone > 0:
                exact = scene.hand.highest(one, PERIOD, np.array([row])) - scene.hand.limit
                np.testing.assert_allclose(exact, alone, atol=1e-12)


def test_averaging_adds_no_more_speed_than_the_limit_is_lowered_by(scene: Scene) -> None:
    position, velocity, target = scene.states(4)
    added = PANDA.limits.hand_speed_m_s - scene.hand.limit
    assert 0 < added < 0.1
    speed = np.copysign(scene.bounds.velocity, velocity)
    change = np.copysign(scene.bounds.acceleration, target)
    times = np.linspace(-0.5, 0.5, 21)[:, None, None] * WINDOW
    positions = position + speed * times + 0.5 * change * times**2
    velocities = speed + change * times
    fastest = np.max(
        [scene.hand_speed(q, v) for q, v in zip(positions, velocities, strict=True)], 0
    )
    averaged = scene.hand_speed(positions.mean(0), velocities.mean(0))
    assert (averaged <= fastest + added).all()


def test_a_limit_that_cannot_be_guaranteed_is_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match=r"0.01 m/s is too low"):
        HandSpeed(scene.kinematics, 0.01, scene.bounds, WINDOW)


def started(scene: Scene, seed: int) -> tuple[ArmMotion, NDArray[np.bool_]]:
    """Arms around the home pose, at random speeds, and for which of them a full brake is safe."""
    motion = ArmMotion(scene.model, scene.kinematics, PANDA, Timing(20.0, 25), N, enforced=True)
    _, velocity, _ = scene.states(seed)
    home = scene.model.key_qpos[0, : len(PANDA.joints)]
    position = home + np.random.default_rng(seed).uniform(-0.4, 0.4, velocity.shape)
    scene.kinematics.update(position)
    motion.workspace.update()
    stop, speeds = scene.plan(velocity, full_brake(velocity, scene.step))
    stops_at = position + stop.shift
    safe = (stops_at >= scene.bounds.low).all(1) & (stops_at <= scene.bounds.high).all(1)
    safe &= (motion.workspace.lowest(stop, speeds, PERIOD, slice(None)) >= 0).all(1)
    safe &= motion._hand_speed.excess(stop, speeds, PERIOD) <= 0
    motion.position[:], motion.velocity[:] = position, velocity * safe[:, None]
    return motion, safe


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), push=st.floats(0.0, 3.0))
def test_from_any_safe_state_the_arm_stays_safe_and_can_brake(
    scene: Scene, seed: int, push: float
) -> None:
    """Two periods along with the hand's motion, to make it faster, and then the full brake."""
    motion, safe = started(scene, seed)
    assert safe.sum() > 30
    for period in range(2 + PERIODS):
        scene.kinematics.update(motion.position)
        jacobian = scene.kinematics.tip_jacobian
        hand = motion.velocity[:, None] @ jacobian
        faster = motion.velocity + push * (hand @ jacobian.swapaxes(1, 2))[:, 0]
        wanted = faster if period < 2 else full_brake(motion.velocity, scene.step)
        target = motion.filter(wanted, Interventions(N, REASONS, ()).altered)
        fastest = scene.fastest_within(motion.position, motion.velocity, target)
        assert (fastest[safe] <= motion._hand_speed.limit + 1e-12).all()
        if period >= 2:
            np.testing.assert_allclose(target[safe], wanted[safe], atol=1e-12)
        motion.advance(target)
        assert (motion.position >= scene.bounds.low - 1e-12)[safe].all()
        assert (motion.position <= scene.bounds.high + 1e-12)[safe].all()
        scene.kinematics.update(motion.position)
        motion.workspace.update()
        assert (motion.workspace.clearance[safe] >= -1e-8).all()
    np.testing.assert_allclose(motion.velocity[safe], 0.0, atol=1e-12)
