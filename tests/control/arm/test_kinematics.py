"""Planned positions and Jacobians against MuJoCo's own, at random poses."""

import dataclasses

import mujoco
import numpy as np
import pytest

from robo_ddpg.control.arm.kinematics import ArmKinematics, as_slice
from tasks.arm.reach import Reach
from tasks.arm.robot import PANDA, HalfSpace
from tasks.arrays import Array

POSES = 16


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return Reach().model


@pytest.fixture(scope="module")
def poses(model: mujoco.MjModel) -> Array:
    joints = [model.joint(name).id for name in PANDA.joints]
    low, high = model.jnt_range[joints].T
    return np.asarray(np.random.default_rng(0).uniform(low, high, (POSES, len(joints))))


@pytest.fixture(scope="module")
def kinematics(model: mujoco.MjModel, poses: Array) -> ArmKinematics:
    made = ArmKinematics(model, POSES, PANDA, ["wrist", "elbow"])
    made.update(poses)
    return made


def at(model: mujoco.MjModel, pose: Array) -> mujoco.MjData:
    data = mujoco.MjData(model)
    data.qpos[[model.joint(name).qposadr[0] for name in PANDA.joints]] = pose
    mujoco.mj_forward(model, data)
    return data


def test_sites_are_where_mujoco_puts_them(
    model: mujoco.MjModel, kinematics: ArmKinematics, poses: Array
) -> None:
    for i, pose in enumerate(poses):
        data = at(model, pose)
        for s, name in enumerate(kinematics.sites):
            np.testing.assert_allclose(
                kinematics.sites_position[i, s], data.site(name).xpos, atol=1e-12
            )
        outward = data.site(PANDA.tip).xmat.reshape(3, 3)[:, 2]
        np.testing.assert_allclose(kinematics.tip_outward[i], outward, atol=1e-12)


def test_jacobians_are_those_of_mujoco(
    model: mujoco.MjModel, kinematics: ArmKinematics, poses: Array
) -> None:
    columns = [model.joint(name).dofadr[0] for name in PANDA.joints]
    for i, pose in enumerate(poses):
        data = at(model, pose)
        for s, name in enumerate(kinematics.sites):
            moved, turned = np.zeros((3, model.nv)), np.zeros((3, model.nv))
            mujoco.mj_jacSite(model, data, moved, turned, model.site(name).id)
            np.testing.assert_allclose(
                kinematics.jacobians[i, :, s], moved[:, columns].T, atol=1e-12
            )
            if name == PANDA.tip:
                np.testing.assert_allclose(kinematics.axes[i], turned[:, columns].T, atol=1e-12)


def test_jacobians_are_differences_of_positions(model: mujoco.MjModel, poses: Array) -> None:
    kinematics = ArmKinematics(model, POSES, PANDA, ["wrist", "elbow"])
    kinematics.update(poses)
    jacobians, step = kinematics.jacobians.copy(), 1e-6
    for joint in range(poses.shape[1]):
        ends = []
        for sign in (1, -1):
            moved = poses.copy()
            moved[:, joint] += sign * step
            kinematics.update(moved)
            ends.append(kinematics.sites_position.copy())
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(jacobians[:, joint], slope, atol=1e-8)


def test_the_hessian_of_the_tip_is_differences_of_jacobians(
    model: mujoco.MjModel, poses: Array
) -> None:
    kinematics = ArmKinematics(model, POSES, PANDA, ["wrist", "elbow"])
    kinematics.update(poses)
    hessian, step = kinematics.tip_hessian(), 1e-6
    for joint in range(poses.shape[1]):
        ends = []
        for sign in (1, -1):
            moved = poses.copy()
            moved[:, joint] += sign * step
            kinematics.update(moved)
            ends.append(kinematics.tip_jacobian.copy())
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(hessian[:, joint], slope, atol=1e-8)


def test_no_joint_moves_a_site_faster_than_its_lever(kinematics: ArmKinematics) -> None:
    speed = np.linalg.norm(kinematics.jacobians, axis=-1)  # (n, j, sites)
    assert (speed <= kinematics.levers.T + 1e-12).all()


def test_asking_does_not_need_the_sites_in_any_order(model: mujoco.MjModel) -> None:
    planes = (HalfSpace("elbow", (0.0, 0.0, 1.0), 0.1),)
    arm = dataclasses.replace(PANDA, workspace=planes)
    made = ArmKinematics(model, 1, arm, ["elbow"])
    assert made.sites[made.tip] == PANDA.tip


def test_consecutive_indices_become_a_slice_and_others_stay() -> None:
    assert as_slice(np.array([3, 4, 5])) == slice(3, 6)
    np.testing.assert_array_equal(as_slice(np.array([3, 5])), [3, 5])
