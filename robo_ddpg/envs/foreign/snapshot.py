"""What an object holds, as JSON-compatible values, and back into another one like it.

Arrays, numbers, texts and random generators are found wherever they are: in attributes, lists and
dictionaries, in MuJoCo's data and in batches of simulations. Like `worker.py`, beside which it
lies, this file needs nothing but NumPy.
"""

from __future__ import annotations

import base64
import collections
import functools
import json
import logging
import operator
import pathlib
import re
import sys
import types
from typing import Any, Callable, Container, Iterator, NamedTuple

import numpy as np

SAME = (
    *(types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, type),
    *(bytes, complex, slice, range, frozenset, pathlib.PurePath, re.Pattern, logging.Logger),
    functools.partial,
)
"""What does not change, or means nothing to a simulation."""
SAME_CLASSES = ("Space", "EnvSpec", "Enum", "dtype", "MjModel", "MjSpec")
"""The same, by the name of a class among its ancestors."""
_PYTHONS_OWN = {"builtins", *getattr(sys, "stdlib_module_names", ("threading", "subprocess"))}
"""Modules whose objects (threads, files, processes) are more than what they hold."""
_GENERATORS = (np.random.Generator, np.random.RandomState)
_SCALARS = (bool, int, float, str, type(None))
_DATA = (
    *("act", "cacc", "cam_x", "cfrc", "ctrl", "cvel", "energy", "eq_active", "geom_x", "history"),
    *("light_x", "mocap_", "plastic", "plugin_state", "q", "sensordata", "site_x", "subtree_"),
    *("ten_length", "ten_velocity", "userdata", "x"),
)
"""What the names of the arrays of an `MjData` begin with that a step may read."""


class Unsavable(TypeError):  # noqa: N818 - its name is shown to nobody
    """Something cannot be saved, or not be put back; the message names it."""


class Leaf(NamedTuple):
    """A value that is saved."""

    path: str
    value: Any
    put: Callable[[Any], None]
    """Puts another value in its place."""


def snapshot(root: Any) -> dict[str, Any]:
    """Path within the object -> value, JSON-compatible.

    Raises:
        Unsavable: something in it is neither data nor made of data.
    """
    return {leaf.path: _packed(leaf) for leaf in _leaves(root)}


def restore(root: Any, saved: dict[str, Any]) -> None:
    """Put back what `snapshot` returned, into an object that is made and used in the same way.

    Raises:
        Unsavable: it is not made in the same way.
    """
    leaves = {leaf.path: leaf for leaf in _leaves(root, saved)}
    for path in sorted(set(leaves) ^ set(saved)):
        raise Unsavable(f"{path} is in one of them only")
    for path, packed in saved.items():
        if _differ(_packed(leaves[path]), packed):
            _put(leaves[path], _unpacked(packed))
    now = snapshot(root)
    for path, packed in saved.items():
        if _differ(now[path], packed):
            raise Unsavable(f"{path} cannot be put back")


def _differ(one: Any, other: Any) -> bool:
    """Whether two values differ; NaN does not differ from NaN."""
    return json.dumps(one) != json.dumps(other)


def _leaves(root: Any, saved: Container[str] | None = None) -> Iterator[Leaf]:
    """The values in an object, and where; of `saved` paths, if given, those of batches alone."""
    seen: dict[int, Any] = {}
    waiting = [Leaf("", root, _refuse)]
    while waiting:
        leaf = waiting.pop()
        if _is_plain(leaf.value) or isinstance(leaf.value, (np.generic, np.ndarray)):
            yield leaf
        elif id(leaf.value) not in seen and not _is_same(leaf.value):
            seen[id(leaf.value)] = leaf.value
            if isinstance(leaf.value, _GENERATORS):
                yield leaf
            else:
                waiting += _parts(leaf, saved)


def _parts(leaf: Leaf, saved: Container[str] | None) -> list[Leaf]:
    """What a value is made of."""
    path, value, _ = leaf
    kind = type(value)
    module = getattr(kind, "__module__", "")  # classes of C++ libraries may have none
    start = f"{path}." if path else ""
    if kind.__name__ == "MjData":
        names = [name for name in dir(value) if name == "time" or name.startswith(_DATA)]
        return [_attribute(value, name, start) for name in names]
    if module == "mujoco.batch" and kind.__name__ == "Batch":
        return _of_batch(value, start, saved)
    if isinstance(value, dict):
        return [Leaf(f"{start}{k}", v, _item(value, k)) for k, v in value.items()]
    if isinstance(value, (list, collections.deque)):
        return [Leaf(f"{start}{k}", v, _item(value, k)) for k, v in enumerate(value)]
    if isinstance(value, tuple):
        return [Leaf(f"{start}{k}", v, _refuse) for k, v in enumerate(value)]
    if module.split(".")[0] not in _PYTHONS_OWN:
        slots = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
        names = [*getattr(value, "__dict__", {}), *(n for n in slots if hasattr(value, n))]
        if names or hasattr(value, "__dict__"):
            return [_attribute(value, name, start) for name in names if name != "__dict__"]
    name = ".".join(filter(None, (module, kind.__name__)))
    raise Unsavable(f"{path} is a {name}, which cannot be saved")


def _of_batch(batch: Any, start: str, saved: Container[str] | None) -> list[Leaf]:
    """State, counted warnings and the fields in which the simulations' models differ.

    Which ones do so may depend on what was drawn: those of `saved` are made to, others not to.
    """
    from mujoco.batch import MODEL_FIELDS

    arrays = {"state": batch.state, "warning": batch.warning}
    for name in sorted(MODEL_FIELDS):
        expanded = batch.expanded(name) is not None
        if expanded if saved is None else start + name in saved:
            arrays[name] = batch.expand(name)
        elif expanded:
            batch.expand(name)[:] = operator.attrgetter(name)(batch.model)
    return [Leaf(f"{start}{name}", array, _refuse) for name, array in arrays.items()]


def _attribute(owner: Any, name: str, start: str) -> Leaf:
    return Leaf(f"{start}{name}", getattr(owner, name), lambda new: setattr(owner, name, new))


def _item(owner: Any, key: Any) -> Callable[[Any], None]:
    return lambda new: owner.__setitem__(key, new)


def _refuse(new: Any) -> None:
    """For what has no place that another value could be put into."""


def _is_same(value: Any) -> bool:
    names = {base.__name__ for base in type(value).__mro__}
    return isinstance(value, SAME) or not names.isdisjoint(SAME_CLASSES)


def _is_plain(value: Any) -> bool:
    """Whether it is a scalar, or a container of scalars, which may have another size later."""
    if isinstance(value, dict):
        return all(type(k) is str and isinstance(v, _SCALARS) for k, v in value.items())
    if type(value) in (list, tuple, collections.deque):
        return all(isinstance(v, _SCALARS) for v in value)
    return isinstance(value, _SCALARS)


def _packed(leaf: Leaf) -> Any:
    value = leaf.value
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or value.dtype.fields:
            raise Unsavable(f"{leaf.path} is an array of {value.dtype}, which cannot be saved")
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, np.generic):
        return {"scalar": _packed(leaf._replace(value=np.asarray(value)))}
    if isinstance(value, np.random.Generator):
        return {"generator": _packed_state(value.bit_generator.state)}
    if isinstance(value, np.random.RandomState):
        return {"generator": _packed_state(value.get_state(legacy=False))}
    if isinstance(value, (tuple, collections.deque)):
        value = list(value)
    return {"plain": dict(value) if isinstance(value, dict) else value}


def _packed_state(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _packed_state(value) for name, value in state.items()}
    return _packed(Leaf("generator", state, _refuse)) if isinstance(state, np.ndarray) else state


def _unpacked(packed: Any) -> Any:
    if not isinstance(packed, dict):
        return packed
    if "array" in packed:
        dtype, shape, data = packed["array"]
        return np.frombuffer(base64.b64decode(data), dtype).reshape(shape).copy()
    if "scalar" in packed:
        return _unpacked(packed["scalar"])[()]
    if "plain" in packed:
        return packed["plain"]
    return {name: _unpacked(value) for name, value in packed.items()}


def _alike(old: Any, new: Any) -> bool:
    """Whether one array can take the values of another."""
    return isinstance(new, np.ndarray) and (old.dtype, old.shape) == (new.dtype, new.shape)


def _put(leaf: Leaf, new: Any) -> None:
    """Put a value where another one is, in place where others may look at it."""
    old = leaf.value
    if isinstance(old, np.ndarray) and _alike(old, new):
        if old.flags.writeable:
            old[...] = new
        else:  # an output of a batch, whose memory can be written
            old.flags.writeable = True
            old[...] = new
            old.flags.writeable = False
    elif isinstance(old, np.random.Generator):
        old.bit_generator.state = new["generator"]
    elif isinstance(old, np.random.RandomState):
        old.set_state(new["generator"])
    elif isinstance(old, dict) and isinstance(new, dict):
        old.clear()
        old.update(new)
    elif isinstance(old, (list, collections.deque)) and isinstance(new, list):
        old.clear()
        old.extend(new)
    else:
        leaf.put(tuple(new) if isinstance(old, tuple) else new)
