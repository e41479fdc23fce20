"""The car: its published figures, and its physics against closed forms."""

from typing import Any

import mujoco
import numpy as np
import pytest

from robo_ddpg.envs.simulation import Simulation
from tasks.driving.car import CAR
from tasks.driving.scene import driving_scene
from tasks.driving.task import DrivingSettings, DrivingTask

G = 9.81
FRICTION = 1.0489


class Proving(DrivingTask):
    """An endless plane, to try the car on."""

    name = "proving"
    weights = {"none": 1.0}  # noqa: RUF012
    acceleration_m_s2 = CAR.acceleration_m_s2
    speed_m_s = CAR.speed_m_s

    def __init__(self, **settings: Any) -> None:
        super().__init__(DrivingSettings(episode_s=100.0, **settings))

    def build(self) -> mujoco.MjSpec:
        return driving_scene(self.settings.timestep_s, self.settings.friction)

    def reset(self, ids: Any, rngs: Any) -> None:
        for i in ids:
            self.place(i, np.zeros(2), 0.3 * i)

    def observe(self) -> dict[str, Any]:
        return self.motion_observed()

    def reward_terms(self) -> dict[str, Any]:
        return {"none": np.zeros(len(self.speed))}

    def success(self) -> Any:
        return np.zeros(len(self.speed), bool)


def proving(speed: float = 0.0, count: int = 1, **settings: Any) -> tuple[Simulation, Proving]:
    task = Proving(**settings)
    simulation = Simulation(task, count, 1)
    for i in range(count):
        task.place(i, np.zeros(2), 0.3 * i, speed)
    simulation.start(np.arange(count))
    return simulation, task


def driven(simulation: Simulation, action: tuple[float, float], steps: int) -> None:
    for _ in range(steps):
        simulation.step(np.tile(action, (simulation.nsim, 1)))


def test_masses_inertias_and_sizes_are_the_published_ones() -> None:
    model = driving_scene(0.01, 1.0).compile()
    assert model.body("car").subtreemass[0] == pytest.approx(CAR.mass_kg, abs=0.1)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    wheels = [
        model.body(f"{end}_{side}") for end in ("front", "rear") for side in ("left", "right")
    ]
    centre, yaw = data.subtree_com[model.body("car").id], model.body("car").inertia[2]
    for body, mass in [(wheel, wheel.mass[0]) for wheel in wheels]:
        yaw += body.inertia[2] + mass * np.square(data.xpos[body.id] - centre)[:2].sum()
    yaw += (
        model.body("car").mass[0] * np.square(data.xipos[model.body("car").id] - centre)[:2].sum()
    )
    assert yaw == pytest.approx(1791.6, rel=0.01)
    assert centre[0] == pytest.approx(1.4227, abs=0.02)
    front, rear = data.xpos[wheels[0].id], data.xpos[wheels[2].id]
    assert front[0] - rear[0] == pytest.approx(CAR.wheelbase_m)
    assert 2 * front[1] == pytest.approx(CAR.front_track_m)
    assert 2 * rear[1] == pytest.approx(CAR.rear_track_m)


def test_nothing_of_the_car_sticks_out_of_its_outline() -> None:
    """Mirrors aside."""
    model = driving_scene(0.01, 1.0).compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    mesh = [g for g in range(model.ngeom) if model.geom_type[g] == mujoco.mjtGeom.mjGEOM_MESH]
    points = []
    for geom in mesh:
        start, count = (
            a[model.geom_dataid[geom]] for a in (model.mesh_vertadr, model.mesh_vertnum)
        )
        turn = data.geom_xmat[geom].reshape(3, 3)
        points.append(model.mesh_vert[start : start + count] @ turn.T + data.geom_xpos[geom])
    out = np.concatenate(points)[:, :2] - [CAR.middle_m, 0.0]
    np.testing.assert_allclose(np.abs(out).max(0), CAR.half_size_m, atol=0.005)


def test_the_car_rests_on_its_springs_as_it_is_drawn() -> None:
    simulation, task = proving()
    driven(simulation, (0.0, 0.0), 10)
    assert abs(task.qpos[0, 2]) < 0.01
    assert np.abs(task.qvel[0]).max() < 0.01
    np.testing.assert_allclose(task.middle[0], 0.0, atol=0.01)


def test_front_wheels_turn_about_one_point_and_their_angles_are_read_back() -> None:
    steering = np.linspace(-CAR.steering_rad, CAR.steering_rad, 9)
    left, right = CAR.kingpins(steering).T
    away = CAR.wheelbase_m / np.tan(steering[steering != 0])
    for wheel, side in ((left, 1), (right, -1)):
        reach = CAR.wheelbase_m / np.tan(wheel[steering != 0])
        np.testing.assert_allclose(reach + side * CAR.front_track_m / 2, away)
    np.testing.assert_allclose(CAR.steering(CAR.kingpins(steering)), steering, atol=1e-12)


@pytest.mark.parametrize("steering", [0.3, 0.6, -1.0])
def test_the_turning_circle_is_wheelbase_over_tangent(steering: float) -> None:
    simulation, task = proving()
    rate = np.sign(steering)
    driven(simulation, (rate, 0.0), round(abs(steering) / 0.08))
    driven(simulation, (0.0, 0.5 / (0.2 * CAR.acceleration_m_s2)), 1)
    driven(simulation, (0.0, 0.0), 5)
    places = []
    for _ in range(40):
        driven(simulation, (0.0, 0.0), 1)
        places.append(task.qpos[0, :2].copy())
    # A circle through the places: 2 x . centre + rest = x . x.
    x = np.array(places)
    centre = np.linalg.lstsq(np.column_stack([2 * x, np.ones(len(x))]), np.square(x).sum(1))[0][:2]
    radius = np.linalg.norm(x - centre, axis=1)
    expected = CAR.wheelbase_m / np.tan(abs(task.steering_angle[0]))
    np.testing.assert_allclose(radius, expected, rtol=0.03)


@pytest.mark.parametrize("friction", [1.0, 0.5])
def test_the_braking_distance_is_that_of_sliding_friction(friction: float) -> None:
    """Once the car has leant forward."""
    simulation, task = proving(15.0, friction=friction)
    driven(simulation, (0.0, -1.0), 3)
    start, speed = task.qpos[0, 0], float(task.speed[0])
    while task.speed[0] > 3.0:
        driven(simulation, (0.0, -1.0), 1)
    expected = (speed**2 - task.speed[0] ** 2) / (2 * friction * FRICTION * G)
    assert task.qpos[0, 0] - start == pytest.approx(expected, rel=0.1)


def test_the_greatest_acceleration_is_friction_and_then_power() -> None:
    for speed, friction, limit in (
        (0.0, 0.5, 0.5 * FRICTION * G),
        (20.0, 1.0, CAR.acceleration_m_s2 * CAR.full_power_m_s / 20.0),
    ):
        simulation, task = proving(speed, friction=friction)
        driven(simulation, (0.0, 1.0), 2)
        before = float(task.speed[0])
        driven(simulation, (0.0, 1.0), 2)
        assert (task.speed[0] - before) / 0.4 == pytest.approx(limit, rel=0.1)


def test_a_slippery_road_lets_the_car_turn_less() -> None:
    for friction in (1.0, 0.3):
        simulation, task = proving(15.0, friction=friction)
        driven(simulation, (1.0, 0.0), 3)
        before = task.qvel[0, :2].copy()
        driven(simulation, (0.0, 0.0), 2)
        acceleration = np.linalg.norm(task.qvel[0, :2] - before) / 0.4
        assert acceleration == pytest.approx(friction * FRICTION * G, rel=0.15)
