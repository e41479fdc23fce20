"""What scenes share: the files in `assets/`, goal markers, and fog."""

from pathlib import Path

import mujoco

_HERE = Path(__file__).resolve().parent
_FOG = "fog"
"""Custom number of a model whose fog is to be drawn: MuJoCo knows where fog would be, not whether
there is any."""


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


def add_fog(
    spec: mujoco.MjSpec, start_m: float, end_m: float, colour: tuple[float, float, float]
) -> None:
    """Let what is far from the camera fade into fog, and the sky with it.

    Args:
        spec: scene to change; its extent is known.
        start_m: up to here nothing fades [m].
        end_m: from here on nothing else is seen [m].
        colour: of the fog, in [0, 1].
    """
    spec.add_numeric(name=_FOG, size=1, data=[1.0])
    places, colours = spec.visual.map, spec.visual.rgba
    places.fogstart, places.fogend = start_m / spec.stat.extent, end_m / spec.stat.extent
    colours.fog = colours.haze = [*colour, 1.0]
    for texture in spec.textures:
        if texture.type == mujoco.mjtTexture.mjTEXTURE_SKYBOX:
            texture.rgb1 = texture.rgb2 = colour


def has_fog(model: mujoco.MjModel) -> bool:
    """Whether fog was added to a scene."""
    return bool(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_NUMERIC, _FOG) >= 0)
