"""Composing the scene of an arm from the MJCF parts in `assets/`."""

import mujoco

from tasks.scene import asset_path


def arm_scene(timestep_s: float) -> mujoco.MjSpec:
    """The table with the arm on it, lights and cameras; keyframe `home`.

    Args:
        timestep_s: physics time step [s].
    """
    scene = mujoco.MjSpec.from_file(str(asset_path("arm_on_table.xml")))
    for body, site in (("hand", "wrist"), ("link4", "elbow")):
        scene.body(body).add_site(name=site, group=4)
    scene.option.timestep = timestep_s
    return scene


def add_table_contacts(spec: mujoco.MjSpec, geoms: tuple[str, ...]) -> None:
    """Make the table solid for the parts of the arm that can get to it.

    Args:
        spec: a scene with a table.
        geoms: names of these parts.
    """
    for geom in geoms:
        spec.add_pair(name=f"{geom}_table", geomname1=geom, geomname2="table")
