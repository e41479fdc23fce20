"""Composing the scene of a legged robot: an endless floor and the robot with its lights."""

from xml.sax.saxutils import quoteattr

import mujoco

from tasks.footing import add_foot_sensors
from tasks.legged.robot import LeggedRobot
from tasks.scene import asset_path


def legged_scene(robot: LeggedRobot, timestep_s: float) -> mujoco.MjSpec:
    """The robot on the floor, which is the plane z = 0 and the geom `floor`; keyframe `home`.

    Its feet feel the ground.

    Args:
        robot: the robot.
        timestep_s: physics time step [s]; up to 5 ms the models are stable.
    """
    files = ("ground.xml", f"{robot.name}.xml")
    includes = "".join(f"<include file={quoteattr(str(asset_path(name)))}/>" for name in files)
    scene = mujoco.MjSpec.from_string(f'<mujoco model="{robot.name}">{includes}</mujoco>')
    scene.option.timestep = timestep_s
    add_foot_sensors(scene, robot.foot_geoms)
    return scene
