"""Whether a scene can be looked at, searched and made again."""

import json
from collections.abc import Mapping

import mujoco
import numpy as np

from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.robot_env import RobotEnv
from robo_ddpg.rendering.renderer import FrameRenderer

NAMED = {
    mujoco.mjtObj.mjOBJ_BODY: "nbody",
    mujoco.mjtObj.mjOBJ_JOINT: "njnt",
    mujoco.mjtObj.mjOBJ_GEOM: "ngeom",
    mujoco.mjtObj.mjOBJ_SITE: "nsite",
    mujoco.mjtObj.mjOBJ_CAMERA: "ncam",
    mujoco.mjtObj.mjOBJ_ACTUATOR: "nu",
    mujoco.mjtObj.mjOBJ_SENSOR: "nsensor",
    mujoco.mjtObj.mjOBJ_KEY: "nkey",
}
"""Kinds of elements that are told about by name, and how the model counts them."""
DULL = 5.0
"""Standard deviation of the pixels of a picture in which nothing is seen."""


def every_element_of_the_scene_has_a_name(name: str) -> None:
    """What is altered, broken or touched is reported by name."""
    assert_named(make_task(name).model, NAMED)


def assert_named(model: mujoco.MjModel, kinds: Mapping[mujoco.mjtObj, str]) -> None:
    """Raises AssertionError where an element has no name; `kinds` are as in `NAMED`."""
    for kind, count in kinds.items():
        for i in range(getattr(model, count)):
            assert mujoco.mj_id2name(model, kind, i), f"{kind.name} {i} has no name"


def every_camera_shows_something(name: str) -> None:
    """`front`, which films are made with, is among them."""
    env = RobotEnv(name)
    env.reset(seed=0)
    model, data = env.task.model, env.simulation.data(0)
    names = [model.camera(i).name for i in range(model.ncam)]
    assert "front" in names, f"there is no camera front among {names}"
    with FrameRenderer(model, 96, 64) as renderer:
        for camera in range(model.ncam):
            image = renderer.render(data, camera)
            assert image.shape == (64, 96, 3)
            assert image.dtype == np.uint8
            assert image.std() > DULL, f"camera {names[camera]} shows nothing"


def a_described_task_can_be_made_again(name: str) -> None:
    """A controller file remembers the task by its name and settings."""
    task = make_task(name, episode_s=1.0, random_mass=0.2, safety=False)
    described = json.loads(json.dumps(task.describe()))
    again = make_task(described["name"], **described["settings"])
    assert again.settings == task.settings
    assert type(again) is type(task)


def what_is_observed_is_described_part_by_part(name: str) -> None:
    """Where a task says what its observation shows, it does so for every part."""
    env = RobotEnv(name, observed_actions=0)
    shown = env.task.observed()
    assert not shown or [*shown] == [*env.task.layout]


def what_is_measured_is_described(name: str) -> None:
    """Where a task says what it measures, it does so for every metric."""
    task = RobotEnv(name).task
    measured = task.measured()
    assert not measured or [*measured] == [*task.metrics()]
