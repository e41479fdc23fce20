"""From where a scene is seen at first."""

import math

import mujoco
import numpy as np

from robo_ddpg.recording.filming import CAMERA

_FOLLOWING = (
    mujoco.mjtCamLight.mjCAMLIGHT_TRACK.value,
    mujoco.mjtCamLight.mjCAMLIGHT_TRACKCOM.value,
)


def home_camera(model: mujoco.MjModel) -> int | None:
    """The camera that films are made from, or the first one; None where there is none."""
    index = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, CAMERA)
    return max(index, 0) if model.ncam else None


def place_camera(model: mujoco.MjModel, data: mujoco.MjData, camera: mujoco.MjvCamera) -> bool:
    """Put a viewer's camera, which a mouse can turn and move, where the scene's own stands.

    It follows the body that the scene's own camera follows, if any.

    Args:
        model: the scene.
        data: its state, whose positions must be current.
        camera: the viewer's.

    Returns:
        Whether there is a camera in the scene.
    """
    home = home_camera(model)
    if home is None:
        return False
    position, ahead = data.cam_xpos[home], -data.cam_xmat[home].reshape(3, 3)[:, 2]
    body = model.cam_bodyid[home] if model.cam_mode[home] in _FOLLOWING else 0
    middle = data.subtree_com[body] if body else model.stat.center
    narrower = math.tan(math.radians(model.cam_fovy[home]) / 2)
    wider = math.tan(math.radians(model.vis.global_.fovy) / 2)
    distance = max(float(np.dot(middle - position, ahead)), 1e-3)
    camera.type = mujoco.mjtCamera.mjCAMERA_TRACKING if body else mujoco.mjtCamera.mjCAMERA_FREE
    camera.trackbodyid, camera.fixedcamid = (int(body) if body else -1), -1
    camera.lookat[:] = middle if body else position + distance * ahead
    camera.distance = distance * narrower / wider
    camera.azimuth = math.degrees(math.atan2(ahead[1], ahead[0]))
    camera.elevation = math.degrees(math.asin(np.clip(ahead[2], -1.0, 1.0)))
    return True
