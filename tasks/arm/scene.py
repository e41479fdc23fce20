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


def add_table_contacts(spec: mujoco.MjSpec) -> None:
    """Make the table solid for the parts of the arm that can get to it.

    Args:
        spec: a scene made by `arm_scene`.
    """
    links = [f"link{i}_collision" for i in range(4, 8)]
    for geom in (*links, "hand_collision", "left_pad_collision", "right_pad_collision"):
        spec.add_pair(name=f"{geom}_table", geomname1=geom, geomname2="table")
