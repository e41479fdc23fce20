"""Fields of compiled models: which simulations differ in, how they are scaled, and their hash."""

import copy
import hashlib
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import MODEL_FIELDS, Batch
from numpy.typing import NDArray

from robo_ddpg.errors import RecordingError
from tasks.arrays import Array, Ids


def model_hash(model: mujoco.MjModel) -> str:
    """Return the SHA-256 of the compiled model's binary form, equal in every process.

    MuJoCo writes its version into that form, so models of different versions differ.
    """
    binary = np.empty(mujoco.mj_sizeModel(model), np.uint8)
    mujoco.mj_saveModel(model, None, binary)
    return hashlib.sha256(binary.tobytes()).hexdigest()


def model_fields(batch: Batch, index: int) -> dict[str, NDArray[Any]]:
    """One simulation's values of the model's fields that differ between simulations.

    Args:
        batch: the simulations.
        index: which of them.
    """
    expanded = {name: batch.expanded(name) for name in MODEL_FIELDS if "." not in name}
    return {name: values[index].copy() for name, values in expanded.items() if values is not None}


def with_fields(model: mujoco.MjModel, fields: dict[str, NDArray[Any]]) -> mujoco.MjModel:
    """A copy of a model with other values of some fields.

    Raises:
        RecordingError: the model has no such field, or one of another shape, or the values are
            none that it could simulate.
    """
    changed = copy.copy(model)
    for name, values in fields.items():
        field = np.asarray(getattr(changed, name) if name in MODEL_FIELDS else None)
        if field.shape != values.shape:
            raise RecordingError(
                f"Got {name} of shape {values.shape}, the model has {field.shape}: record it again."
            )
        if not _may_become(name, field, values):
            raise RecordingError(f"Got {name} of {values!r:.60}: record it again.")
        field[:] = values
    return changed


def _may_become(name: str, field: NDArray[Any], values: NDArray[Any]) -> bool:
    """Whether a field of a model can be changed so without MuJoCo reading beyond its arrays."""
    if field.dtype.kind == "f":
        return values.dtype.kind == "f" and bool(np.isfinite(values).all())
    other = field != values
    shapes = name == "geom_type" and bool(
        np.isin((field[other], values[other]), list(_PRIMITIVES)).all()
    )
    return shapes or not other.any()


_PRIMITIVES = np.arange(int(mujoco.mjtGeom.mjGEOM_SPHERE), int(mujoco.mjtGeom.mjGEOM_BOX) + 1)
"""Types of geoms that need no data besides their size."""


def scale_mass(batch: Batch, ids: Ids, factor: Array) -> None:
    """Scale masses and inertias of all bodies; heavier bodies of the same shape and size.

    A robot's gravity compensation goes on holding the nominal mass, as that of a real one would.

    Args:
        batch: the simulations.
        ids: which of them, (k,).
        factor: times the nominal value, (k,).
    """
    for name in ("body_mass", "body_inertia"):
        _scale(batch, name, ids, factor)
    _scale(batch, "body_gravcomp", ids, 1.0 / factor)
    batch.set_const()


def scale_friction(batch: Batch, ids: Ids, factor: Array) -> None:
    """Scale the friction of all contacts, those of explicit pairs among them; see `scale_mass`."""
    _scale(batch, "geom_friction", ids, factor)
    if batch.model.npair:
        _scale(batch, "pair_friction", ids, factor)


def scale_strength(batch: Batch, ids: Ids, factor: Array) -> None:
    """Scale what actuators give: gains, damping and force limits; see `scale_mass`."""
    for name in ("actuator_gainprm", "actuator_biasprm", "actuator_forcerange"):
        _scale(batch, name, ids, factor)


def model_values(batch: Batch, name: str) -> Array:
    """A model field as it is in each simulation, (n, ...), or (1, ...) where all have the same."""
    values = batch.expanded(name)
    return np.asarray(getattr(batch.model, name)[None] if values is None else values)


def _scale(batch: Batch, name: str, ids: Ids, factor: Array) -> None:
    nominal = getattr(batch.model, name)
    batch.expand(name)[ids] = factor.reshape(-1, *[1] * nominal.ndim) * nominal
