"""Feet feel the ground as it is: force, depth, slip."""

import mujoco
import numpy as np
import pytest

from tasks.arrays import Array
from tasks.footing import Footing
from tasks.legged.robot import WALKER
from tasks.legged.scene import legged_scene

MODEL = legged_scene(WALKER, timestep_s=0.002).compile()
WEIGHT_N = WALKER.mass_kg * 9.81


def felt(data: mujoco.MjData) -> Footing:
    mujoco.mj_forward(MODEL, data)
    sensordata: Array = data.sensordata[None, None].copy()
    return Footing(MODEL, WALKER.foot_geoms, sensordata)


def sunk(depth: float) -> mujoco.MjData:
    """At home, the lowest foot this deep in the ground."""
    data = mujoco.MjData(MODEL)
    data.qpos[:] = MODEL.key_qpos[0]
    data.qpos[1] -= 0.01
    mujoco.mj_forward(MODEL, data)
    data.qpos[1] += -data.contact.dist.min() - depth
    return data


def test_feet_that_slide_are_as_fast_and_as_deep_as_they_are() -> None:
    data = sunk(0.004)
    data.qvel[0] = 0.7
    footing = felt(data)
    np.testing.assert_allclose(footing.slip, 0.7)
    np.testing.assert_allclose(footing.depth, 0.004, rtol=1e-6)
    assert footing.mean_slip() == pytest.approx([0.7])


def test_feet_that_come_down_do_not_slip() -> None:
    data = sunk(0.001)
    data.qvel[1] = -1.0
    np.testing.assert_allclose(felt(data).slip, 0.0, atol=1e-9)


def test_feet_that_roll_over_the_ground_do_not_slip() -> None:
    data = sunk(0.001)
    height = data.qpos[1] + MODEL.body("torso").pos[2] - MODEL.joint("root_z").qpos0[0]
    data.qvel[0], data.qvel[2] = 2.0 * height, 2.0  # about the point below the torso's origin
    assert felt(data).mean_slip()[0] < 0.02


def test_feet_in_the_air_feel_nothing() -> None:
    footing = felt(sunk(-0.1))
    for value in (footing.force, footing.depth, footing.slip, footing.mean_slip()):
        np.testing.assert_array_equal(value, 0.0)


def test_feet_bear_the_weight() -> None:
    data = sunk(0.0)
    mujoco.mj_step(MODEL, data, nstep=100)
    heel_and_toe = 2  # the hardest of two contacts of each foot
    assert WEIGHT_N / heel_and_toe < felt(data).force.sum() < 1.5 * WEIGHT_N
