"""Pictures of a road in fog."""

import mujoco
import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotEnv
from robo_ddpg.rendering.renderer import FrameRenderer
from tasks.arrays import Array
from tasks.driving.drive import Drive
from tasks.driving.road.task import FOG_COLOUR
from tasks.scene import has_fog

START_M = 10.0
"""Where the car stands [m]: 100 m of the road are straight, and nobody is on them."""
SIZE = (160, 120)


def seen(fog_m: float, ahead_m: float) -> Array:
    """Colours of asphalt ahead of the car and of the sky above it, from behind, (2, 3)."""
    env = RobotEnv("drive", fog_m=fog_m)
    env.reset(seed=0)
    task = env.task
    assert isinstance(task, Drive)
    task.place(0, task.road.place(np.array(START_M), np.array(0.0)), 0.0)
    point = task.road.place(np.array(START_M + ahead_m), np.array(1.0))
    data = env.simulation.data(0)
    with FrameRenderer(task.model, *SIZE, "front") as renderer:
        image = renderer.render(data)
    column, row = pixel(data, np.array([*point, 0.0]))
    return np.stack([image[row, column], image[0, column]]) / 255.0


def pixel(data: mujoco.MjData, point: Array) -> tuple[int, int]:
    """Column and row at which the camera `front` shows a point [m], (3,)."""
    camera = data.camera("front")
    x, y, z = camera.xmat.reshape(3, 3).T @ (point - camera.xpos)
    focal = SIZE[1] / 2 / np.tan(np.radians(data.model.camera("front").fovy[0]) / 2)
    return round(SIZE[0] / 2 + focal * x / -z - 0.5), round(SIZE[1] / 2 - focal * y / -z - 0.5)


@pytest.mark.parametrize(("fog_m", "ahead_m"), [(10.0, 25.0), (25.0, 40.0), (60.0, 80.0)])
def test_the_road_fades_into_fog_of_the_skys_colour(fog_m: float, ahead_m: float) -> None:
    np.testing.assert_allclose(seen(fog_m, ahead_m), [FOG_COLOUR, FOG_COLOUR], atol=0.03)
    assert seen(100.0, ahead_m)[0].max() < 0.5


def test_the_road_beside_the_car_is_seen_in_fog_as_without() -> None:
    np.testing.assert_allclose(seen(10.0, -3.0)[0], seen(100.0, -3.0)[0], atol=0.01)


def test_a_scene_has_fog_where_it_hides_something() -> None:
    assert [has_fog(Drive(fog_m=metres).model) for metres in (74.0, 75.0, 100.0)] == [1, 0, 0]
