"""Composing scenes with the car: the ground, the car, and other cars that look like it."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import mujoco

from tasks.driving.car import CAR, Car
from tasks.scene import asset_path

PAINTS = (
    (0.55, 0.08, 0.07, 1.0),
    (0.75, 0.76, 0.78, 1.0),
    (0.12, 0.13, 0.15, 1.0),
    (0.85, 0.84, 0.80, 1.0),
    (0.30, 0.34, 0.38, 1.0),
    (0.10, 0.24, 0.18, 1.0),
    (0.78, 0.52, 0.10, 1.0),
)
"""Colours of other cars, in turn."""
SOLIDS = ("shoulder", "doors", "front", "back", "under", "cabin", "roof")
"""Meshes that a car's shape is made of."""
LIGHTS = ("left_headlight", "right_headlight", "left_taillight", "right_taillight")


def driving_scene(timestep_s: float, friction: float) -> mujoco.MjSpec:
    """The car on the plane z = 0, the geom `floor`; keyframe `home`.

    Args:
        timestep_s: physics time step [s]; up to 10 ms the car is stable.
        friction: of the road, as a share of a dry one's.
    """
    files = ("ground.xml", "car.xml")
    includes = "".join(f"<include file={quoteattr(str(asset_path(name)))}/>" for name in files)
    spec = mujoco.MjSpec.from_string(f'<mujoco model="driving">{includes}</mujoco>')
    spec.option.timestep = timestep_s
    for geom in spec.geoms:
        if geom.name.endswith("_tyre"):
            geom.friction = [friction * geom.friction[0], *geom.friction[1:]]
    spec.visual.map.shadowclip, spec.visual.map.zfar = 40.0, 600.0
    spec.visual.quality.shadowsize = 8192
    return spec


def add_cars(spec: mujoco.MjSpec, names: Sequence[str], car: Car = CAR) -> None:
    """Add cars on mocap bodies, without collision; their origin is the middle of the outline.

    Args:
        spec: a scene with the car.
        names: of the bodies.
        car: what they look like.
    """
    for number, name in enumerate(names):
        body = spec.worldbody.add_body(name=name, mocap=True)
        paint = spec.add_material(name=f"{name}_paint", rgba=list(PAINTS[number % len(PAINTS)]))
        paint.specular, paint.shininess = 0.7, 0.8
        for part in (*SOLIDS, *LIGHTS):
            _copy(body, spec.geom(part), name, paint.name, car)
        for axle, x in (("front", car.wheelbase_m), ("rear", 0.0)):
            _add_axle(body, f"{name}_{axle}", x - car.middle_m, car)


def _copy(body: mujoco.MjsBody, part: mujoco.MjsGeom, name: str, paint: str, car: Car) -> None:
    """The same shape on another body, in another colour where it is painted."""
    material = paint if part.material == "paint" else part.material
    geom = _shown(body, f"{name}_{part.name}", part.type, material)
    geom.size, geom.meshname, geom.quat = part.size, part.meshname, part.quat
    geom.alt.euler = part.alt.euler
    geom.pos = part.pos - [car.middle_m, 0.0, 0.0]


def _add_axle(body: mujoco.MjsBody, name: str, x: float, car: Car) -> None:
    """Two wheels, as far as they are seen."""
    for part, radius, half in (("rubber", car.wheel_m, 0.79), ("rim", 0.23, 0.793)):
        kind = mujoco.mjtGeom.mjGEOM_CYLINDER
        wheels = _shown(body, f"{name}_{part}", kind, part)
        wheels.size, wheels.pos = [radius, half, 0.0], [x, 0.0, car.wheel_m]
        wheels.quat = [0.5**0.5, 0.5**0.5, 0.0, 0.0]


def _shown(body: mujoco.MjsBody, name: str, kind: int, material: str) -> mujoco.MjsGeom:
    """A geom that touches nothing."""
    return body.add_geom(
        name=name, type=kind, material=material, contype=0, conaffinity=0, mass=0.0, group=2
    )


def add_flat(
    spec: mujoco.MjSpec,
    name: str,
    middle: tuple[float, float],
    half: tuple[float, float],
    material: str,
    top_m: float = 0.004,
) -> None:
    """Add something flat or low on the ground, to be seen only.

    Args:
        spec: scene to change.
        name: of the geom.
        middle: [m], (2,).
        half: half of its length along x and y [m], (2,).
        material: what it looks like.
        top_m: how high it is [m].
    """
    geom = _shown(spec.worldbody, name, mujoco.mjtGeom.mjGEOM_BOX, material)
    geom.pos, geom.size = [*middle, top_m / 2], [*half, top_m / 2]


def add_slot_marker(spec: mujoco.MjSpec, name: str, car: Car = CAR) -> None:
    """Mark a place on the ground on a mocap body by the car's outline.

    Args:
        spec: scene to change.
        name: of the body.
        car: whose outline it is.
    """
    spec.add_material(name=name, rgba=[0.16, 0.95, 0.50, 1.0], emission=0.6)
    body = spec.worldbody.add_body(name=name, mocap=True)
    along, across = car.half_size_m + 0.05
    bars = {
        "left": ((0.0, across), (along, 0.05)),
        "right": ((0.0, -across), (along, 0.05)),
        "rear": ((-along, 0.0), (0.05, across)),
        "front": ((along, 0.0), (0.05, across)),
    }
    for side, (middle, half) in bars.items():
        bar = _shown(body, f"{name}_{side}", mujoco.mjtGeom.mjGEOM_BOX, name)
        bar.pos, bar.size = [*middle, 0.006], [*half, 0.006]
