"""Mutations of archives that know how they are made, so that damage lies deeper."""

import functools
import io
import json
import random
import struct
import zipfile
from typing import Any

import numpy as np
from mutations import INTEGERS, anything, integer, other_tree, text_of
from safetensors.numpy import load, save

from robo_ddpg.controller import digest

Arrays = dict[str, Any]


def npz_file(rng: random.Random, content: bytes) -> bytes:
    """A .npz file in which something is odd."""
    way = rng.random()
    if way < 0.25:
        return anything(rng, content)
    if way < 0.35:
        return _forged(rng, content)
    if way < 0.36:
        return _forged(rng, bomb()) if rng.random() < 0.3 else bomb()
    with np.load(io.BytesIO(content)) as file:
        arrays: Arrays = dict(file)
    if "head" in arrays and rng.random() < 0.4:
        head = other_tree(rng, json.loads(str(arrays["head"])))
        arrays["head"] = np.array(text_of(rng, head).replace("\0", "?"))
    else:
        _spoil(rng, arrays)
    return _packed(rng, arrays)


def _forged(rng: random.Random, content: bytes) -> bytes:
    """A field of the headers of an entry is another: sizes, offsets, flags, how it is packed."""
    mark = rng.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
    places = [at for at in range(len(content) - 4) if content.startswith(mark, at)]
    if not places:
        return anything(rng, content)
    at = rng.choice(places) + rng.choice((6, 8, 10, 14, 16, 18, 20, 22, 24, 28, 42))
    size = rng.choice((2, 4))
    return content[:at] + integer(rng, size) + content[at + size :]


def _spoil(rng: random.Random, arrays: Arrays) -> None:
    name = rng.choice(list(arrays))
    array = arrays[name]
    way = rng.randrange(8)
    if way == 0:
        del arrays[name]
    elif way == 1:
        arrays[rng.choice((*arrays, "odd", "../up", "model_fields/qpos0"))] = arrays.pop(name)
    elif way == 2:
        arrays[name] = array[: rng.randrange(3)] if array.ndim else array.reshape(1)
    elif way == 3:
        arrays[name] = rng.choice((array[None], array.reshape(-1), array.T, np.zeros((3, 0))))
    elif way == 4 and array.dtype.kind in "fiub":
        arrays[name] = array.astype(rng.choice(("f2", "f4", ">f8", "i8", "u1", "?", "U9", "c8")))
    elif way == 5 and array.dtype.kind == "f" and array.size:
        arrays[name] = array.copy()
        arrays[name].flat[rng.randrange(array.size)] = rng.choice((np.nan, np.inf, -1e38))
    elif way == 6:
        arrays[name] = rng.choice((np.array([{}], object), np.zeros(2, "f8,i4"), np.array("x")))
    else:
        arrays[name] = np.array(rng.choice(INTEGERS))


def _packed(rng: random.Random, arrays: Arrays) -> bytes:
    """An archive as NumPy makes it, but for an array whose header now and then claims too much."""
    file = io.BytesIO()
    forged = rng.choice([*arrays, ""]) if arrays and rng.random() < 0.2 else ""
    with zipfile.ZipFile(file, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as made:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=True)
            data = member.getvalue()
            made.writestr(f"{name}.npy", _claiming(rng, data) if name == forged else data)
    return file.getvalue()


def _claiming(rng: random.Random, npy: bytes) -> bytes:
    sizes = [str(rng.choice((*INTEGERS, 10**18))) for _ in range(rng.randrange(4))]
    kind = rng.choice(("<f8", "|O", "<U99999999", "|V8", "<f3", "|S1", "<M8[s]", "|b1"))
    shape = f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return npy[:8] + struct.pack("<H", len(text)) + text + npy[128:]


@functools.cache
def bomb() -> bytes:
    """A quarter of a megabyte that would unpack to 256."""
    file = io.BytesIO()
    zeros = np.broadcast_to(np.zeros((), np.float64), (2**25,))
    np.savez_compressed(file, head=np.array("{}"), states=zeros)
    return file.getvalue()


def controller_file(rng: random.Random, content: bytes) -> bytes:
    """A controller in which something is odd; often with a checksum that is right all the same."""
    way = rng.random()
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    if way < 0.2:
        return anything(rng, content)
    if way < 0.4:
        written = text_of(rng, other_tree(rng, header)).encode()
        length_bytes = len(written).to_bytes(8, "little")
        return rng.choice((length_bytes, length_bytes, integer(rng, 8))) + written + data
    tensors = load(content)
    card = json.loads(header["__metadata__"]["robo_ddpg"])
    if way < 0.8:
        card = other_tree(rng, card)
    else:
        spoil_tensors(rng, tensors)
    text = text_of(rng, card)
    return save(tensors, metadata={"robo_ddpg": text, "sha256": digest(text, tensors)})


def spoil_tensors(rng: random.Random, tensors: Arrays) -> None:
    """Make one of them odd, in place."""
    name = rng.choice(list(tensors))
    tensor = tensors[name]
    way = rng.randrange(5)
    if way == 0:
        del tensors[name]
    elif way == 1:
        tensors[name] = rng.choice((tensor[None], tensor.reshape(-1), tensor[:1], tensor[:0]))
    elif way == 2:
        tensors[name] = tensor.astype(rng.choice(("f2", "f8", "i8", "u1", "?")))
    elif way == 3:
        tensors[name] = np.full_like(tensor, rng.choice((np.nan, np.inf, 1e38, 0.0)))
    else:
        tensors[rng.choice(("actor.9.weight", "actor.x.weight", "", "odd"))] = tensor
