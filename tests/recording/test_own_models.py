"""What is shown of a simulation has the shapes and sizes of that simulation."""

import mujoco
import numpy as np

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.model_fields import with_fields
from robo_ddpg.rendering.renderer import FrameRenderer
from tasks.arm.grasp_scene import OBJECT

BALL = """
<mujoco>
  <worldbody>
    <light name="lamp" pos="0 -1 2"/>
    <camera name="front" pos="0 -1 0" xyaxes="1 0 0 0 0 1"/>
    <geom name="ball" type="sphere" size=".2" rgba="1 1 1 1"/>
  </worldbody>
</mujoco>
"""


def test_a_state_is_rendered_with_the_sizes_of_its_own_model() -> None:
    model = mujoco.MjModel.from_xml_string(BALL)
    small = with_fields(model, {"geom_size": model.geom_size / 2})
    lit = []
    with FrameRenderer(model, 64, 64, "front") as renderer:
        for shown in (model, small, model):
            data = mujoco.MjData(shown)
            mujoco.mj_forward(shown, data)
            lit.append(int((renderer.render(data).sum(2) > 0).sum()))
    assert lit[0] == lit[2]
    assert lit[0] > 3 * lit[1] > 0


def test_a_rendered_environment_shows_the_object_of_the_episode() -> None:
    env = RobotVectorEnv(2, "grasp", shape="sphere", threads=1)
    env.reset(seed=0)
    geom = env.task.model.geom(OBJECT).id
    for i in range(2):
        model = env.simulation.data(i).model
        assert model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_SPHERE
        assert model.geom_size[geom, 0] == env.task.objects.half_m[i]
    np.testing.assert_array_equal(env.task.model.geom_type[geom], mujoco.mjtGeom.mjGEOM_BOX)
