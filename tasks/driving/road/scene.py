"""A road as meshes: asphalt, lines, posts and trees, to be seen only."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array
from tasks.driving.road.road import LANE_M, Road

SHOULDER_M = 0.8
"""Asphalt beyond the outer lines [m]."""
LINE_M = 0.15
"""Width of a line [m]."""
DASH_M, DASH_EVERY_M = 6, 18
"""Length of the dashes between the lanes, and from one to the next [m] (RMS 1: 6 m and 12 m)."""
POST_EVERY_M = 50
"""Distance of the posts beside the road [m] (HLB: 50 m)."""
TREES_PER_KM = 60

Mesh = tuple[Array, NDArray[np.int32]]
"""Vertices (k, 3) and faces (f, 3)."""


def add_road(spec: mujoco.MjSpec, road: Road) -> None:
    """Add a road to a scene.

    Args:
        spec: scene to change.
        road: where it runs.
    """
    edge = LANE_M + SHOULDER_M
    looks = {
        "asphalt": ([0.23, 0.24, 0.26, 1], _ribbon(road, 0, road.points.shape[0], 0, edge, 0.02)),
        "lines": ([0.92, 0.92, 0.9, 1], _joined(_lines(road))),
        "posts": ([0.95, 0.95, 0.95, 1], _joined(_posts(road))),
        "trees": ([0.13, 0.30, 0.12, 1], _joined(_trees(road))),
    }
    for name, (colour, (vertices, faces)) in looks.items():
        spec.add_material(name=name, rgba=colour, specular=0.1, shininess=0.1)
        mesh = spec.add_mesh(name=name, uservert=vertices.ravel(), userface=faces.ravel())
        mesh.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL
        spec.worldbody.add_geom(
            name=name,
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=name,
            material=name,
            contype=0,
            conaffinity=0,
            mass=0.0,
            group=2,
        )
    spec.material("ground").rgba = [0.55, 0.75, 0.35, 1.0]


def _ribbon(road: Road, start: int, stop: int, left: float, half: float, z: float) -> Mesh:
    """A strip along the road."""
    along = np.arange(start, stop, dtype=float)
    sides = [road.place(along, np.full(len(along), left + side * half)) for side in (1, -1)]
    flat = np.stack(sides, axis=1).reshape(-1, 2)
    vertices = np.column_stack([flat, np.full(len(flat), z)])
    first = 2 * np.arange(len(along) - 1)[:, None]
    faces = [first + np.array(corners) for corners in ((0, 1, 2), (1, 3, 2))]
    return vertices, np.concatenate(faces).astype(np.int32)


def _lines(road: Road) -> list[Mesh]:
    """Outer lines and the dashes between the lanes."""
    end = len(road.points)
    outer = [_ribbon(road, 0, end, side * LANE_M, LINE_M / 2, 0.04) for side in (1, -1)]
    starts = range(0, end - DASH_M - 1, DASH_EVERY_M)
    dashes = [_ribbon(road, s, s + DASH_M + 1, 0.0, LINE_M / 2, 0.04) for s in starts]
    return outer + dashes


def _posts(road: Road) -> list[Mesh]:
    """Posts beside the road, 1 m high."""
    along = np.repeat(np.arange(0.0, road.length_m, POST_EVERY_M), 2)
    side = np.tile([1.0, -1.0], len(along) // 2) * (LANE_M + SHOULDER_M + 0.7)
    return [_cone(place, 4, 0.08, 0.05, 0.0, 1.0) for place in road.place(along, side)]


def _trees(road: Road) -> list[Mesh]:
    """Trees of different sizes, some way from the road; the same ones each time."""
    rng = np.random.default_rng(0)
    count = round(TREES_PER_KM * road.length_m / 1000)
    along = rng.uniform(0.0, road.length_m, count)
    side = rng.choice([-1.0, 1.0], count) * rng.uniform(10.0, 45.0, count)
    places, sizes = road.place(along, side), rng.uniform(0.7, 1.4, count)
    away = [np.linalg.norm(road.points - place, axis=1).min() for place in places]
    return [
        _cone(place, 7, 2.0 * size, 0.1, 0.0, 7.0 * size)
        for place, size, far in zip(places, sizes, away, strict=True)
        if far > LANE_M + SHOULDER_M + 3.0
    ]


def _cone(place: Array, sides: int, low_m: float, high_m: float, foot: float, top: float) -> Mesh:
    """A cone with its tip cut off, without ends, on a place (2,)."""
    angle = np.arange(sides) * 2 * np.pi / sides
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rings = [
        np.column_stack([place + radius * circle, np.full(sides, z)])
        for radius, z in ((low_m, foot), (high_m, top))
    ]
    a = np.arange(sides)
    b = (a + 1) % sides
    faces = np.concatenate([np.stack([a, b, a + sides], 1), np.stack([b, b + sides, a + sides], 1)])
    return np.concatenate(rings), faces.astype(np.int32)


def _joined(meshes: list[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    vertices = np.concatenate([vertices for vertices, _ in meshes])
    faces = [faces + start for (_, faces), start in zip(meshes, starts, strict=False)]
    return vertices, np.concatenate(faces).astype(np.int32)
