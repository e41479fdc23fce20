"""What may happen to a file, by accident or on purpose."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

Mutation = Callable[[random.Random, bytes], bytes]

TRAP = "robo_ddpg_fuzz_trap"
"""A module that must never be imported."""
INTEGERS = (0, 1, -1, 127, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 0.5, -0.0, 1e-300, 1e308, float("nan"), float("inf")),
    *(2**31, 2**63, 10**30, 10**400, "", "0", "reach", "Pendulum-v1", "é" * 9, "a" * 100_000),
    *(f"{TRAP}:Task", "os:system", "../../../etc/passwd", "/dev/zero", "a\0b", "{{ 7 * 7 }}"),
    *([], {}, [[]], [None], [1] * 10_000, {"": {}}, {"__class__": "x"}, "O", "S999999999", "<f8"),
)


def anything(rng: random.Random, content: bytes) -> bytes:
    """One to three mutations that know nothing of the file."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(BLIND)(rng, content)
    return content


def truncated(rng: random.Random, content: bytes) -> bytes:
    """Its end, or its beginning, is missing."""
    at = rng.randrange(len(content) + 1)
    return content[:at] if rng.random() < 0.8 else content[at:]


def flipped(rng: random.Random, content: bytes) -> bytes:
    """Bits are flipped."""
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if damaged:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def overwritten(rng: random.Random, content: bytes) -> bytes:
    """A block holds something else."""
    at, size = rng.randrange(len(content) + 1), rng.choice((1, 4, 16, 256, 4096))
    block = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
    return content[:at] + block + content[at + size :]


def moved(rng: random.Random, content: bytes) -> bytes:
    """A block is missing, or comes twice, or elsewhere."""
    a, b, c = (rng.randrange(len(content) + 1) for _ in range(3))
    block = content[min(a, b) : max(a, b)][: rng.choice((8, 512, 10**6))]
    return content[:c] + block + content[c + rng.choice((0, len(block))) :]


def numbered(rng: random.Random, content: bytes) -> bytes:
    """An integer somewhere, as a size or an offset might be, is another."""
    size = rng.choice((2, 4, 8))
    order: Any = rng.choice(("little", "little", "big"))
    at = rng.randrange(len(content) + 1)
    return content[:at] + integer(rng, size, order) + content[at + size :]


def integer(rng: random.Random, size: int, order: Any = "little") -> bytes:
    """One of the odd integers, in so many bytes."""
    value: int = rng.choice(INTEGERS) % 2 ** (8 * size)
    return value.to_bytes(size, order)


BLIND: tuple[Mutation, ...] = (truncated, flipped, flipped, overwritten, moved, numbered)


def other_tree(rng: random.Random, value: Any) -> Any:
    """A copy of what JSON can hold, in which something is odd."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        value = _with_oddity(rng, value)
    return value


def _with_oddity(rng: random.Random, value: Any) -> Any:
    places = list(_places(value)) if isinstance(value, dict | list) else []
    if not places or rng.random() < 0.02:
        return copy.deepcopy(rng.choice(ODD))
    parent, key = rng.choice(places)
    way = rng.random()
    if way < 0.15:
        del parent[key]
    elif way < 0.25:
        parent[key] = copy.deepcopy(rng.choice(places)[0])
    elif way < 0.3 and isinstance(parent, dict):
        parent[key + rng.choice(("", "x", "_p90", "/"))] = parent.pop(key)
    else:
        parent[key] = copy.deepcopy(rng.choice(ODD))
    return value


def _places(value: Any) -> Any:
    """(Parent, key) of everything within."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def text_of(rng: random.Random, value: Any) -> str:
    """JSON; now and then such as `json` does not write."""
    text = json.dumps(value)
    way = rng.random()
    if way < 0.01:
        depth = rng.choice((30, 1000, 200_000))
        return text.replace("null", "[" * depth + "]" * depth, 1)
    if way < 0.02:
        return text.replace(": ", ': {"a": ' * rng.choice((20, 50_000)), 1)
    if way < 0.03:
        return text.replace("{", '{"task": 1, ', 1)
    return text


def json_file(rng: random.Random, content: bytes) -> bytes:
    """A JSON file with something odd in it."""
    if rng.random() < 0.3:
        return anything(rng, content)
    return text_of(rng, other_tree(rng, json.loads(content))).encode()
