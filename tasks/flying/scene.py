"""Composing the scene of a flying robot: an endless floor and the vehicle with its lights."""

from xml.sax.saxutils import quoteattr

import mujoco

from tasks.scene import asset_path

VEHICLE = "quadrotor"
"""Body and site of the vehicle; its MJCF is `assets/quadrotor.xml`."""

SHADOW_CLIP = 6.0
"""Reach of shadows, in extents of the scene: the vehicle's falls far below it."""


def flying_scene(timestep_s: float) -> mujoco.MjSpec:
    """The vehicle above the floor, which is the plane z = 0; keyframe `home` hovers.

    Args:
        timestep_s: physics time step [s].
    """
    files = ("ground.xml", f"{VEHICLE}.xml")
    includes = "".join(f"<include file={quoteattr(str(asset_path(name)))}/>" for name in files)
    scene = mujoco.MjSpec.from_string(f'<mujoco model="{VEHICLE}">{includes}</mujoco>')
    scene.option.timestep = timestep_s
    scene.visual.map.shadowclip = SHADOW_CLIP
    return scene
