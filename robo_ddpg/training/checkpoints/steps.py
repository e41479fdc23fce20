"""The steps of a replay buffer as files that are written once: each holds those of some time."""

import hashlib
import re
from pathlib import Path
from typing import Any

from safetensors.numpy import load, save

from robo_ddpg.agent.replay.ring import Ring
from robo_ddpg.files import replacing
from robo_ddpg.reading.plain_file import read_bytes

MOST_BYTES = 16 * 2**20
"""Size of a file, which is also what writing it takes in memory [bytes]."""

OTHER_BYTES = 32
"""What a transition takes besides: where its episode ends, twice, and what rewards depend on."""

Files = dict[str, dict[str, Any]]
"""Name of a file -> its `size` [bytes] and `sha256`."""


def write_file(path: Path, data: bytes) -> dict[str, Any]:
    """Write a file that outlasts a power cut; returns its entry in `Files`."""
    with replacing(path) as part:
        part.write_bytes(data)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def read_file(path: Path, entry: dict[str, Any]) -> bytes:
    """Read a file.

    Raises:
        ValueError: it is not the one that was written.
    """
    data = read_bytes(path, entry["size"])
    if len(data) == entry["size"] and hashlib.sha256(data).hexdigest() == entry["sha256"]:
        return data
    raise ValueError(f"{path.name} is damaged")


def write_steps(ring: Ring, directory: Path, written: Files) -> Files:
    """Write what was stored since the last time.

    Args:
        ring: the steps.
        directory: where the files go.
        written: those that are there already.

    Returns:
        All files that are needed; others hold only what was overwritten since.
    """
    files = {name: entry for name, entry in written.items() if _span(name)[1] > ring.oldest}
    if not all(_is_there(directory / name, entry) for name, entry in files.items()):
        files = {}
    first = max([_span(name)[1] for name in files], default=ring.oldest)
    while first < ring.time:
        seam = (first // ring.length + 1) * ring.length
        end = min(first + max(MOST_BYTES // _step_bytes(ring), 1), seam, ring.time)
        name = f"{first}-{end}.safetensors"
        files[name] = write_file(directory / name, save(ring.stored(first, end)))
        first = end
    return files


def read_steps(ring: Ring, directory: Path, files: Files) -> None:
    """Put the steps back into a ring whose state was restored.

    Raises:
        ValueError: files are damaged or missing.
    """
    expected = 0
    for first, end, name in sorted((*_span(name), name) for name in files):
        if first > max(expected, ring.oldest):
            raise ValueError(f"the steps before {name} are missing")
        ring.put(first, load(read_file(directory / name, files[name])))
        expected = end
    if expected != ring.time:
        raise ValueError(f"the steps from {expected} on are missing")


def bytes_needed(ring: Ring, steps: int) -> int:
    """Room that the files of so many transitions take at most [bytes].

    While those that were overwritten are replaced, both are there.
    """
    rows = min(2 * ring.length * ring.num_envs, steps)
    return rows * (_step_bytes(ring) // ring.num_envs + OTHER_BYTES)


def _step_bytes(ring: Ring) -> int:
    """Size of one step of all simulations."""
    return sum(array.nbytes for array in ring.stored(0, 1).values())


def _is_there(path: Path, entry: dict[str, Any]) -> bool:
    return path.is_file() and path.stat().st_size == entry["size"]


def _span(name: str) -> tuple[int, int]:
    """First time in a file, and the first after it."""
    found = re.fullmatch(r"(\d+)-(\d+)\.safetensors", name)
    if found is None:
        raise ValueError(f"{name} is no name of such a file")
    return int(found[1]), int(found[2])
