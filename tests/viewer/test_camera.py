"""A scene is seen at first as its own camera sees it, and a robot that walks is followed."""

import mujoco
import numpy as np
import pytest

import tasks
from robo_ddpg.viewer.camera import home_camera, place_camera


@pytest.mark.parametrize(("name", "followed"), [("reach", None), ("locomotion-quadruped", "trunk")])
def test_the_camera_stands_and_looks_as_the_scene_s_own_and_follows(
    name: str, followed: str | None
) -> None:
    model = tasks.make(name).model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    camera = mujoco.MjvCamera()
    assert place_camera(model, data, camera)
    body = camera.trackbodyid
    assert (None if body < 0 else model.body(body).name) == followed
    azimuth, elevation = np.radians([camera.azimuth, camera.elevation])
    ahead = [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth)]
    own = -data.cam_xmat[home_camera(model)].reshape(3, 3)[:, 2]
    np.testing.assert_allclose([*ahead, np.sin(elevation)], own, atol=1e-6)


def test_a_scene_without_cameras_is_left_to_the_viewer() -> None:
    model = mujoco.MjSpec().compile()
    assert not place_camera(model, mujoco.MjData(model), mujoco.MjvCamera())
