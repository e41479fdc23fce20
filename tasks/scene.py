"""What scenes share: the files in `assets/`, and goal markers."""

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
