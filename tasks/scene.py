"""Composing scenes from the MJCF parts in `assets/`."""

from pathlib import Path

import mujoco

_HERE = Path(__file__).resolve().parent


def asset_path(*parts: str) -> Path:
    """The path of a file or folder in `assets/`, in a checkout and in an installed wheel alike.

    Args:
        *parts: path below `assets/`, such as `"panda.xml"` or `"controllers", "reach.safetensors"`.

    Raises:
        FileNotFoundError: no such asset.
    """
    for root in (_HERE / "assets", _HERE.parent / "assets"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"no asset {'/'.join(parts)!r} beside {_HERE}; reinstall robo-ddpg")


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


def add_marker(spec: mujoco.MjSpec, name: str, radius_m: float) -> None:
    """Add a goal marker: a glowing sphere on a mocap body, without collision.

    Args:
        spec: scene to change.
        name: name of the mocap body and its geom.
        radius_m: radius [m].
    """
    body = spec.worldbody.add_body(name=name, mocap=True)
    for part, size, alpha in (("core", 0.45 * radius_m, 1.0), ("halo", radius_m, 0.35)):
        glow = spec.add_material(
            name=f"{name}_{part}", rgba=[0.16, 0.95, 0.50, alpha], emission=0.7
        )
        body.add_geom(
            name=f"{name}_{part}",
            type=mujoco.mjtGeom.mjGEOM_SPHERE,
            size=[size, 0, 0],
            material=glow.name,
            contype=0,
            conaffinity=0,
        )
