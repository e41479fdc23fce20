"""Pictures of scenes: where the ground is, and what fog hides."""

import mujoco
import numpy as np
import pytest

from robo_ddpg.rendering.backdrop import Background
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from tasks.scene import add_fog

SCENE = """
<mujoco>
  <statistic extent="1"/>
  <visual><map zfar="100"/></visual>
  <worldbody>
    <light pos="0 0 3"/>
    <geom type="plane" size="0 0 .1" rgba="0 1 0 1"/>
    <body name="traveller" mocap="true">
      <geom size=".1"/>
      <camera name="front" pos="0 -3 2" xyaxes="1 0 0 0 .5 .8" fovy="40"/>
    </body>
  </worldbody>
</mujoco>
"""


def test_endless_ground_is_there_in_the_first_picture_after_a_journey() -> None:
    model = mujoco.MjModel.from_xml_string(SCENE)
    data = mujoco.MjData(model)
    with FrameRenderer(model, 32, 32, "front") as renderer:
        for away in (0.0, 1_000.0, 3_000.0):
            data.mocap_pos[0, 0] = away
            mujoco.mj_forward(model, data)
            first, second = (renderer.render(data).astype(int) for _ in range(2))
            assert first[-1, :, 1].min() > 20
            np.testing.assert_array_equal(first, second)


WALL = """
<mujoco>
  <statistic extent="2"/>
  <asset><texture type="skybox" builtin="flat" rgb1="0 0 1" width="16" height="16"/></asset>
  <worldbody>
    <light pos="0 0 0" dir="0 1 0" type="directional"/>
    <geom name="wall" type="box" pos="0 10 0" size="2 .1 2" rgba=".4 0 0 1"/>
    <camera name="front" xyaxes="1 0 0 0 0 1" fovy="60"/>
  </worldbody>
</mujoco>
"""


def wall(start_m: float, end_m: float, background: Background = "scene") -> Frame:
    """A red wall 10 m away, in green fog, in front of the sky."""
    spec = mujoco.MjSpec.from_string(WALL)
    add_fog(spec, start_m, end_m, (0.0, 1.0, 0.0))
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with FrameRenderer(model, 33, 33, "front", background=background) as renderer:
        return renderer.render(data).astype(int)


@pytest.mark.parametrize(("start_m", "end_m", "share"), [(12, 20, 0.0), (5, 15, 0.5), (5, 9, 1.0)])
def test_fog_hides_what_is_beyond_it_and_the_sky(
    start_m: float, end_m: float, share: float
) -> None:
    clear, image = wall(50, 60), wall(start_m, end_m)
    expected = (1.0 - share) * clear[16, 16] + share * np.array([0, 255, 0])
    np.testing.assert_allclose(image[16, 16], expected, atol=6)
    np.testing.assert_allclose(image[0, 0], [0, 255, 0], atol=2)


def test_nothing_fades_in_front_of_a_cut_out_background() -> None:
    for background in ("white", "transparent"):
        near, far = wall(5, 9, background), wall(50, 60, background)
        np.testing.assert_array_equal(near, far)
