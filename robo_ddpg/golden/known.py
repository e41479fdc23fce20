"""The golden runs that are known, by versions and processor, and what a difference means."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tasks
from robo_ddpg.files import write_json
from robo_ddpg.golden.run import Golden, golden_run, machine, versions

FILE = Path(__file__).with_name("golden.json")

Runs = dict[str, Golden]
"""Task -> its run."""


@dataclass(frozen=True)
class Known:
    """Golden runs with some versions on some processor."""

    versions: dict[str, str]
    machine: str
    runs: Runs

    @property
    def where(self) -> str:
        """In words."""
        packages = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return f"{packages} on {self.machine}"


@dataclass(frozen=True)
class Verdict:
    """Whether this machine reproduces the golden runs."""

    reproduced: bool | None
    """None where there is none for these versions and this processor."""
    text: str
    """What was found, and what it means."""


def known(path: Path = FILE) -> list[Known]:
    """What is known."""
    entries = json.loads(path.read_text())["known"]
    return [
        Known(
            entry["versions"],
            entry["machine"],
            {name: Golden(**run) for name, run in entry["runs"].items()},
        )
        for entry in entries
    ]


def here(run: Callable[[str], Golden] = golden_run) -> Known:
    """The runs of all tasks, here and now."""
    return Known(versions(), machine(), {name: run(name) for name in tasks.names()})


def remember(found: Known, path: Path = FILE) -> None:
    """Add runs, in place of earlier ones with the same versions on the same processor."""
    others = [each for each in known(path) if each.where != found.where] if path.exists() else []
    entries: list[dict[str, Any]] = [dataclasses.asdict(each) for each in (*others, found)]
    write_json({"known": sorted(entries, key=lambda each: str(each["machine"]))}, path)


def verdict(found: Known, golden: Sequence[Known]) -> Verdict:
    """Compare runs with those that are known.

    Args:
        found: what was run.
        golden: what is known.
    """
    same = [each for each in golden if each.where == found.where]
    if same:
        return _against_the_same(found, same[0])
    if not golden:
        return Verdict(None, f"no golden run is known; here: {found.where}")
    return Verdict(None, f"no golden run is known for {found.where}; {_nearest(found, golden)}")


def _against_the_same(found: Known, golden: Known) -> Verdict:
    physics = _differing(found.runs, golden.runs, "trajectory")
    arithmetic = [n for n in _differing(found.runs, golden.runs, "weights") if n not in physics]
    if not physics and not arithmetic:
        text = f"bit-identical to the golden run in {len(golden.runs)} tasks ({found.where})"
        return Verdict(True, text)
    texts = []
    if physics:
        texts.append(f"the physics of {', '.join(physics)} is another than in the golden run")
    if arithmetic:
        texts.append(f"what is learned of {', '.join(arithmetic)} is another, from the same states")
    return Verdict(False, f"{'; '.join(texts)}, with the same {found.where}")


def _nearest(found: Known, golden: Sequence[Known]) -> str:
    """How far what is known of other versions and processors holds here too."""
    others = [(_alike(found.runs, each.runs), each) for each in golden]
    (states, weights), other = max(others, key=lambda pair: pair[0])
    return (
        f"of {len(found.runs)} tasks {states} move and {weights} learn to the bit as with "
        f"{other.where}"
    )


def _alike(a: Runs, b: Runs) -> tuple[int, int]:
    shared = len(a.keys() & b.keys())
    states, weights = (len(_differing(a, b, what)) for what in ("trajectory", "weights"))
    return shared - states, shared - weights


def _differing(a: Runs, b: Runs, what: str) -> list[str]:
    return [n for n in sorted(a.keys() & b.keys()) if getattr(a[n], what) != getattr(b[n], what)]
