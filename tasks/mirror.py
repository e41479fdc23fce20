"""What the mirror image of a robot observes and does, left for right or front for back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array

SAME_M = 1e-6
"""Joints that are so far from where the mirror shows another one are its image [m]."""


@dataclass(frozen=True)
class Reflection:
    """Components in another order, some of them with the other sign."""

    order: tuple[int, ...]
    """Component i of the image is this one of what is mirrored."""
    sign: tuple[float, ...]
    """By what it is multiplied, -1 or 1."""

    def __call__(self, values: NDArray[Any]) -> NDArray[Any]:
        """The images of values, (..., k), of the same type."""
        return np.asarray(values[..., self.order] * np.array(self.sign, values.dtype))


@dataclass(frozen=True)
class Image:
    """What the mirror image of a robot, which moves as the robot itself may move, sees and does."""

    parts: Mapping[str, Reflection]
    """Part of the observation -> how it looks there."""
    action: Reflection
    """How an action does."""


def signs(*sign: float) -> Reflection:
    """Components that stay where they are."""
    return Reflection(tuple(range(len(sign))), sign)


def same(size: int) -> Reflection:
    """So many components that do not tell left from right."""
    return signs(*[1.0] * size)


def vector(axis: int) -> Reflection:
    """Of directions, places and velocities, in a mirror across one of the axes x, y and z."""
    return signs(*(-1.0 if i == axis else 1.0 for i in range(3)))


def turn(axis: int) -> Reflection:
    """Of angular velocities, likewise."""
    return signs(*(1.0 if i == axis else -1.0 for i in range(3)))


LEFT_RIGHT = 1
"""The axis y, to the left, where x is forward and z up."""
VECTOR, TURN = vector(LEFT_RIGHT), turn(LEFT_RIGHT)
"""What changes where left is shown for right."""


def joined(parts: Sequence[Reflection]) -> Reflection:
    """That of vectors which lie behind each other."""
    first = np.cumsum([0, *(len(part.order) for part in parts)])
    order = [i + start for part, start in zip(parts, first, strict=False) for i in part.order]
    return Reflection(tuple(map(int, order)), tuple(s for part in parts for s in part.sign))


def of_parts(layout: Mapping[str, slice], parts: Mapping[str, Reflection]) -> Reflection:
    """That of an observation, given those of its parts.

    Args:
        layout: where each part lies, in order.
        parts: name of the part -> its reflection.

    Raises:
        ValueError: one has none.
    """
    if missing := [name for name in layout if name not in parts]:
        raise ValueError(f"images() does not say how {', '.join(missing)} looks in a mirror")
    return joined([parts[name] for name in layout])


def of_joints(model: mujoco.MjModel, joints: Sequence[str], home: Array) -> Reflection | None:
    """Which hinge is the image of which in the plane y = 0, and which then turns the other way.

    Args:
        model: the robot.
        joints: its hinges.
        home: positions in which it is its own image, (nq,).

    Returns:
        That of the joints' angles from home; None where one has no image.
    """
    data = mujoco.MjData(model)
    data.qpos[:] = home
    mujoco.mj_kinematics(model, data)
    ids = [model.joint(name).id for name in joints]
    place, axis = data.xanchor[ids], data.xaxis[ids]
    image = np.linalg.norm(place[:, None] * [1, -1, 1] - place, axis=2) < SAME_M
    turned = (axis[:, None] * [-1, 1, -1] * axis).sum(2)
    image &= np.abs(np.abs(turned) - 1.0) < SAME_M
    if not (image.sum(1) == 1).all():
        return None
    order = image.argmax(1)
    sign = np.sign(turned[np.arange(len(ids)), order])
    return Reflection(tuple(map(int, order)), tuple(map(float, sign)))
