"""The quadrotor moves as closed forms say, and has the published figures."""

import mujoco
import numpy as np
import pytest

from tasks.flying.rotors import Rotors
from tasks.flying.scene import flying_scene

G = 9.81
SPINNING = np.array([1.0, -1.0, 1.0, -1.0])
"""Sign of each rotor's torque about z."""


@pytest.fixture
def model() -> mujoco.MjModel:
    return flying_scene(timestep_s=0.001).compile()


@pytest.fixture
def data(model: mujoco.MjModel) -> mujoco.MjData:
    """Hovering."""
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("home").id)
    return data


def give(data: mujoco.MjData, thrust: np.ndarray | float) -> None:
    """Have the motors give thrusts [N], and go on giving them."""
    data.act[:] = data.ctrl[:] = thrust


def test_figures_are_the_published_ones(model: mujoco.MjModel) -> None:
    """J. Foerster, System Identification of the Crazyflie 2.0 Nano Quadrocopter, 2015."""
    rotors = Rotors(model)
    assert rotors.mass_kg == 0.028
    inertia = [
        [16.571710, 0.830806, 0.718277],
        [0.830806, 16.655602, 1.800197],
        [0.718277, 1.800197, 29.261652],
    ]
    np.testing.assert_allclose(rotors.inertia, np.array(inertia) * 1e-6, rtol=1e-6)
    np.testing.assert_allclose(np.hypot(*model.site_pos[1:, :2].T), 0.046, rtol=1e-3)
    command = 65535
    most = 2.130295e-11 * command**2 + 1.032633e-6 * command + 5.484560e-4
    np.testing.assert_allclose(model.actuator_ctrlrange[:, 1], most, rtol=5e-3)


def test_without_thrust_it_falls_freely(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    give(data, 0.0)
    mujoco.mj_step(model, data, nstep=500)
    assert data.qvel[2] == pytest.approx(-G * 0.5, rel=1e-6)
    assert data.qpos[2] == pytest.approx(1.5 - G * 0.5**2 / 2, abs=G * 0.5 * 0.001)


def test_thrust_of_its_weight_hovers(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    give(data, Rotors(model).hover_n)
    mujoco.mj_step(model, data, nstep=2000)
    np.testing.assert_allclose(data.qpos[:3], [0.0, 0.0, 1.5], atol=1e-9)
    assert 4 * Rotors(model).hover_n == pytest.approx(0.028 * G)


@pytest.mark.parametrize(
    ("thrust", "torque"),
    [
        (np.array([1.0, 1.0, -1.0, -1.0]), [4 * 0.0325, 0.0, 0.0]),
        (np.array([-1.0, 1.0, 1.0, -1.0]), [0.0, 4 * 0.0325, 0.0]),
        (SPINNING, [0.0, 0.0, 4 * 0.005964552]),
    ],
    ids=["roll", "pitch", "yaw"],
)
def test_differences_of_thrust_turn_it(
    model: mujoco.MjModel, data: mujoco.MjData, thrust: np.ndarray, torque: list[float]
) -> None:
    more = 0.01
    give(data, Rotors(model).hover_n + more * thrust)
    mujoco.mj_forward(model, data)
    expected = np.linalg.solve(Rotors(model).inertia, more * np.array(torque))
    np.testing.assert_allclose(data.qacc[3:], expected, rtol=1e-6, atol=1e-9)


def test_motors_follow_with_their_time_constant(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    data.act[:], data.ctrl[:] = 0.0, 0.1
    mujoco.mj_step(model, data, nstep=69)
    np.testing.assert_allclose(data.act, 0.1 * (1 - np.exp(-1)), rtol=1e-9)


def test_a_command_beyond_the_range_gives_the_greatest_thrust(
    model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    data.ctrl[:] = 9.0
    mujoco.mj_step(model, data, nstep=1000)
    np.testing.assert_allclose(data.act, 0.160, rtol=1e-5)


def test_thrusts_give_the_wrench_that_they_were_found_for(model: mujoco.MjModel) -> None:
    rotors = Rotors(model)
    wrench = np.array([[0.3, 1e-3, -2e-3, 1e-4], [0.2, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(rotors.wrench(rotors.thrusts(wrench)), wrench, atol=1e-12)
    np.testing.assert_allclose(rotors.thrusts(wrench)[1], 0.05, rtol=1e-12)


def test_hurried_motors_have_a_shorter_time_constant(
    model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    rotors, wanted = Rotors(model), np.full(4, 0.08)
    give(data, 0.07)
    for _ in range(20):
        data.ctrl[:] = rotors.hurried(wanted, data.act)
        mujoco.mj_step(model, data)
    np.testing.assert_allclose(data.act, 0.08 - 0.01 * np.exp(-1), atol=2e-4)


def test_a_tumbling_vehicle_keeps_its_angular_momentum() -> None:
    model = flying_scene(timestep_s=0.001).compile()
    data, inertia = mujoco.MjData(model), Rotors(model).inertia
    mujoco.mj_resetDataKeyframe(model, data, 0)
    give(data, 0.0)
    data.qvel[3:] = [6.0, -6.0, 5.0]
    before = inertia @ data.qvel[3:]
    mujoco.mj_step(model, data, nstep=200)
    turned = np.zeros(9)
    mujoco.mju_quat2Mat(turned, data.qpos[3:7])
    after = turned.reshape(3, 3) @ inertia @ data.qvel[3:]
    assert np.linalg.norm(after - before) < 0.004 * np.linalg.norm(before)
