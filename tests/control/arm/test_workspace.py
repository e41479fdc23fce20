"""The bound on clearances against densely sampled motion, and that braking never lowers it."""

import numpy as np
import pytest

from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.workspace import Workspace
from robo_ddpg.control.braking import JointBounds, full_brake, stop_after
from tasks.arm.reach import Reach
from tasks.arm.robot import PANDA
from tasks.arrays import Array

N = 256
PERIOD = 0.05
SAMPLES = 11


class Scene:
    """Random poses and motions of many arms."""

    def __init__(self) -> None:
        model = Reach().model
        ranges = model.jnt_range[[model.joint(name).id for name in PANDA.joints]]
        self.bounds = JointBounds.of(PANDA.limits, ranges)
        self.step = self.bounds.acceleration * PERIOD
        self.kinematics = ArmKinematics(model, N, PANDA, ["wrist", "elbow"])
        self.workspace = Workspace(self.kinematics, PANDA.workspace, np.zeros(7))
        rng = np.random.default_rng(0)
        self.position = rng.uniform(self.bounds.low, self.bounds.high, (N, 7))
        self.velocity = rng.uniform(-1, 1, (N, 7)) * self.bounds.velocity
        change = rng.uniform(-1, 1, (N, 7)) * self.step
        self.target = np.clip(self.velocity + change, -self.bounds.velocity, self.bounds.velocity)

    def clearance(self, position: Array) -> Array:
        self.kinematics.update(position)
        self.workspace.update()
        return self.workspace.clearance.copy()

    def worst(self, position: Array, velocity: Array, target: Array) -> Array:
        self.clearance(position)
        return self.workspace.worst(stop_after(velocity, target, self.step, PERIOD))

    def move(self, position: Array, velocity: Array, target: Array, time: float) -> Array:
        return np.asarray(position + velocity * time + 0.5 * (target - velocity) / PERIOD * time**2)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def test_no_point_comes_closer_than_the_bound_until_the_arm_stands_still(scene: Scene) -> None:
    position, velocity, target = scene.position, scene.velocity, scene.target
    bound = scene.worst(position, velocity, target)
    while velocity.any() or target.any():
        for time in np.linspace(0, PERIOD, SAMPLES):
            now = scene.clearance(scene.move(position, velocity, target, time))
            assert (now >= bound - 1e-12).all()
        position = scene.move(position, velocity, target, PERIOD)
        velocity, target = target, full_brake(target, scene.step)


def test_the_bound_never_falls_along_the_brake(scene: Scene) -> None:
    position, velocity, target = scene.position, scene.velocity, scene.target
    bound = scene.worst(position, velocity, target)
    while velocity.any():
        position = scene.move(position, velocity, target, PERIOD)
        velocity, target = target, full_brake(target, scene.step)
        following = scene.worst(position, velocity, target)
        assert (following >= bound - 1e-12).all()
        bound = following


def test_a_standing_arm_has_its_clearance_as_the_bound(scene: Scene) -> None:
    rest = np.zeros((N, 7))
    np.testing.assert_allclose(
        scene.worst(scene.position, rest, rest), scene.clearance(scene.position), atol=1e-12
    )


def test_clearances_bend_by_no_more_than_the_bending(scene: Scene) -> None:
    before = scene.clearance(scene.position)
    slopes = scene.workspace.slopes.copy()
    change = np.random.default_rng(1).uniform(-0.3, 0.3, (N, 7))
    bent = scene.clearance(scene.position + change) - before
    straight = (change[:, None] @ slopes)[:, 0]
    assert (np.abs(bent - straight) <= scene.workspace.bending(np.abs(change)) + 1e-12).all()


def test_an_average_of_poses_sags_by_no_more_than_planes_are_moved_inwards(scene: Scene) -> None:
    window = 0.02
    travel = scene.bounds.velocity * window
    moved = Workspace(scene.kinematics, PANDA.workspace, travel)
    margin = scene.clearance(scene.position)
    moved.update()
    margin = margin - moved.clearance
    path = np.linspace(-0.5, 0.5, 9)[:, None, None] * np.sign(scene.velocity) * travel
    along = np.array([scene.clearance(scene.position + step) for step in path])
    sag = along.mean(0) - scene.clearance(scene.position + path.mean(0))
    assert (sag <= margin + 1e-12).all()
    assert (margin > 0).all()
