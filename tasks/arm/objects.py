"""The objects of `grasp`: their shapes, and what follows from them."""

from dataclasses import dataclass

import mujoco
import numpy as np
from mujoco.batch import Batch

from tasks.arrays import Array, Mask


@dataclass(frozen=True)
class Shape:
    """A shape whose half-width is h; it stands at height h."""

    name: str
    """Name in the settings."""
    geom: mujoco.mjtGeom
    """MuJoCo's primitive."""
    sizes: tuple[float, float, float]
    """The primitive's sizes in units of h."""
    box: tuple[float, float, float]
    """Half-extents of the bounding box in units of h; a box's own, without its roundings."""
    round: tuple[float, float]
    """What a rounding adds to the height, in units of h: of a disc across z, and of a sphere."""
    folds: int
    """How many turns about the vertical look the same; 0 for all of them."""


SHAPES = (
    Shape("cube", mujoco.mjtGeom.mjGEOM_BOX, (1, 1, 1), (1, 1, 1), (0, 0), 4),
    Shape("cylinder", mujoco.mjtGeom.mjGEOM_CYLINDER, (1, 1, 0), (0, 0, 1), (1, 0), 0),
    Shape("sphere", mujoco.mjtGeom.mjGEOM_SPHERE, (1, 0, 0), (0, 0, 0), (0, 1), 0),
    Shape("box", mujoco.mjtGeom.mjGEOM_BOX, (2, 1, 1), (2, 1, 1), (0, 0), 2),
)
"""All shapes; the box is twice as long as wide: the hand has to turn to get around it."""
NAMES = tuple(shape.name for shape in SHAPES)

_GEOMS = np.array([int(shape.geom) for shape in SHAPES])
_SIZES = np.array([shape.sizes for shape in SHAPES], float)
_BOXES = np.array([shape.box for shape in SHAPES], float)
_ROUND = np.array([shape.round for shape in SHAPES], float)
_BOUNDS = np.array([(1, 1, 1), (1, 1, 1), (1, 1, 1), (2, 1, 1)], float)
_FOLDS = np.array([shape.folds for shape in SHAPES])


class Objects:
    """The object of each of n simulations; all of the same mass."""

    def __init__(self, batch: Batch, geom: str) -> None:
        """Give each simulation its own shape.

        Args:
            batch: the simulations.
            geom: the object's geom.
        """
        index = batch.model.geom(geom).id
        fields = ("geom_type", "geom_size", "geom_rbound", "geom_aabb")
        self._type, self._size, self._radius, self._aabb = (
            batch.expand(field)[:, index] for field in fields
        )
        self.kind = np.zeros(batch.nsim, int)
        """Index of the shape in `SHAPES`, (n,)."""
        self._box, self._folds = _BOXES[self.kind], _FOLDS[self.kind]
        self._disc, self._sphere = _ROUND[self.kind].T
        self.half_m = np.zeros(batch.nsim)
        """Half-width h [m], (n,)."""

    def put(self, index: int, kind: int, half_m: float) -> None:
        """Change one simulation's object."""
        self.kind[index], self.half_m[index] = kind, half_m
        self._box[index], self._folds[index] = _BOXES[kind], _FOLDS[kind]
        self._disc[index], self._sphere[index] = _ROUND[kind]
        self._type[index] = _GEOMS[kind]
        self._size[index] = half_m * _SIZES[kind]
        bounds = half_m * _BOUNDS[kind]
        self._radius[index] = np.linalg.norm(bounds)
        self._aabb[index] = [0.0, 0.0, 0.0, *bounds]

    def depth(self, rotation: Array) -> Array:
        """How far the objects reach below their centres [m], (n,).

        Args:
            rotation: their rotation matrices, (n, 3, 3).
        """
        up = rotation[:, 2]
        flat = np.sqrt(np.maximum(1.0 - np.square(up[:, 2]), 0.0))
        corner = (self._box * np.abs(up)).sum(1)
        return np.asarray(self.half_m * (corner + self._disc * flat + self._sphere))

    def askew(self, rotation: Array) -> Array:
        """How far the nearest of the objects' axes is from the vertical [rad]; 0 for spheres, (n,).

        Args:
            rotation: their rotation matrices, (n, 3, 3).
        """
        nearest = np.minimum(np.abs(rotation[:, 2]).max(1), 1.0)
        return np.where(self._box.any(1), np.arccos(nearest), 0.0)

    @property
    def has_sides(self) -> Mask:
        """Which objects are not round, so that fingers can face their sides, (n,)."""
        return np.asarray(self._folds > 0)

    def turned(self, axes: Array) -> Array:
        """Cosine and sine of the yaw, times how many turns look the same; 0 for round shapes.

        Args:
            axes: horizontal parts of the objects' axes as seen from the hand, (n, 3, 2).

        Returns:
            (n, 2).
        """
        flat = np.ascontiguousarray(axes).view(complex)[..., 0]  # (n, 3)
        squares = flat * flat
        # A cube on any of its faces has two axes in the plane, whose fourth powers are the same.
        fourths = 0.5 * np.square(squares).sum(1)
        turned = np.where(self._folds == 4, fourths, squares[:, 0] * (self._folds == 2))
        return np.asarray(turned.view(float).reshape(-1, 2))

    def one_hot(self) -> Array:
        """Which shape it is, (n, shapes)."""
        return np.eye(len(SHAPES))[self.kind]
