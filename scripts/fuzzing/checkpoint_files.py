"""Checkpoints, which are several files: packed into one, mutated, and resumed."""

import hashlib
import io
import json
import random
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from archives import spoil_tensors
from mutations import INTEGERS, anything, json_file, other_tree, text_of
from safetensors.numpy import load, save

from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.checkpoints.store import Checkpoints, refusing_damage
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.start import train
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer

Members = dict[str, bytes]
"""Name of a file of a checkpoint -> its content."""
NAMES = ("../../up", "/etc/passwd", "a\\b", ".", "", "0-9.safetensors", "5-2.safetensors", "a\0b")
"""What a manifest may name."""


def trainer() -> Trainer:
    """A training of a small agent."""
    settings = train_settings(
        "reach",
        agent={
            "hidden_sizes": (8, 8),
            "batch_size": 16,
            "replay_capacity": 400,
            "warmup_transitions": 64,
        },
        simulations=4,
        steps=200,
        evaluation_episodes=1,
        stop_early=False,
    )
    return Trainer(settings, RunDirectory(Path(tempfile.gettempdir(), "none")), SilentProgress())


@cache
def good_checkpoint() -> bytes:
    """One that is resumed."""
    with tempfile.TemporaryDirectory() as directory:
        run = RunDirectory(Path(directory, "run"))
        train(trainer().settings, run, SilentProgress())
        folder = run.checkpoints
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return _packed({str(path.relative_to(folder)): path.read_bytes() for path in paths})


def read_checkpoint(path: Path) -> None:
    """Resume it, simulations included; what is no archive is tried as the file `newest`."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        if path.is_file() and not path.is_symlink():
            for name, content in _members(path.read_bytes()).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        elif path.is_symlink() or path.exists():
            path.rename(folder / "newest")
        resumed = trainer()
        resumed.checkpoints = Checkpoints(folder)
        resumed.resume()
        if resumed._simulations is not None:
            with refusing_damage(folder):
                resumed._collection.load_state(resumed._simulations)
        resumed.checkpoints.clean()


def checkpoint_files(rng: random.Random, content: bytes) -> bytes:
    """A checkpoint of which one file is odd; mostly with a manifest that is right all the same."""
    members = _members(content)
    name = rng.choice([*members, *members, next(n for n in members if n.endswith("manifest.json"))])
    members[name] = _odd(rng, name, members[name])
    if rng.random() < 0.03:
        del members[name]
    elif not name.endswith("manifest.json") and rng.random() < 0.9:
        _mend(members)
    return _packed(members)


def _odd(rng: random.Random, name: str, content: bytes) -> bytes:
    """Another content of a file."""
    if name.endswith("manifest.json"):
        return _odd_manifest(rng, content)
    if name.endswith(".json"):
        return json_file(rng, content)
    if name.endswith(".safetensors") and rng.random() < 0.7:
        tensors = load(content)
        spoil_tensors(rng, tensors)
        return save(tensors)
    return anything(rng, content)


def _odd_manifest(rng: random.Random, content: bytes) -> bytes:
    manifest = json.loads(content)
    part = rng.choice(list(manifest.values()))
    if rng.random() < 0.5 and part:
        name = rng.choice(list(part))
        part[rng.choice(NAMES)] = part.pop(name)
    elif rng.random() < 0.5 and part:
        rng.choice(list(part.values()))["size"] = rng.choice(INTEGERS)
    else:
        manifest = other_tree(rng, manifest)
    return text_of(rng, manifest).encode()


def _mend(members: Members) -> None:
    """Give the manifest the sizes and sums of the files that there are."""
    at = next(name for name in members if name.endswith("manifest.json"))
    manifest: dict[str, Any] = json.loads(members[at])
    for part, place in (("files", Path(at).parent), ("replay", Path("replay"))):
        for name, entry in manifest[part].items():
            data = members[str(place / name)]
            entry |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    members[at] = json.dumps(manifest).encode()


def _packed(members: Members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def _members(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}
