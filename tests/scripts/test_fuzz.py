"""Mutated files are read or refused, and the fuzzer notices when one is neither."""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.errors import RecordingError

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "fuzzing"))

import fuzz
import worker
from kinds import KINDS, MIB


def test_every_kind_has_its_share() -> None:
    assert KINDS.keys() == fuzz.SHARES.keys()
    assert sum(fuzz.SHARES.values()) == pytest.approx(1.0)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("name", KINDS)
def test_mutated_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    files = 15 if name in ("fault", "checkpoint") else 45
    found = [worker.try_one(name, i, tmp_path, tmp_path / "failures") for i in range(files)]
    failures = (tmp_path / "failures").glob("*.txt")
    assert worker.FAILED not in found, [path.read_text() for path in failures]
    assert {worker.READ, worker.REFUSED} <= {*found}


def test_the_file_of_a_number_is_always_the_same() -> None:
    assert worker.mutated("config", 7)[1] == worker.mutated("config", 7)[1]
    assert worker.mutated("config", 7)[1] != worker.mutated("config", 8)[1]


def fails(path: Path) -> None:
    raise AttributeError("no typed error")


def says_much(path: Path) -> None:
    raise RecordingError("two\nlines")


def imports(path: Path) -> None:
    sys.modules[worker.TRAP] = sys
    raise RecordingError("but imported")


def takes_memory(path: Path) -> None:
    np.ones(256 * MIB, np.uint8)


@pytest.mark.parametrize("read", [fails, says_much, imports, takes_memory])
def test_what_is_neither_fails_and_is_kept(
    read: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.prepare("table")
    monkeypatch.setitem(KINDS, "table", dataclasses.replace(KINDS["table"], read=read, base=MIB))
    monkeypatch.setitem(sys.modules, worker.TRAP, sys)
    del sys.modules[worker.TRAP]
    assert worker.try_one("table", 1, tmp_path, tmp_path / "failures") == worker.FAILED
    kept = sorted(path.name for path in (tmp_path / "failures").iterdir())
    assert kept == ["table-1.csv", "table-1.txt"]


CRASHING = """
import os, sys, time
import numpy as np
name, first, count, outcomes, failures = sys.argv[1:]
found = np.memmap(outcomes, np.uint8, "r+", shape=(int(count),))
for i in np.flatnonzero(found == 0):
    if i == 3:
        os.abort()
    found[i] = 1 + i % 2
"""
"""Tries the fourth file in vain."""


def test_a_crash_is_counted_and_the_next_process_goes_on_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "worker.py").write_text(CRASHING)
    monkeypatch.setattr(fuzz, "HERE", tmp_path)
    monkeypatch.setattr(fuzz, "SHARES", {"table": 1.0})
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--files", "10", "--out", str(tmp_path)])
    assert fuzz.main() == 1
    (count,) = json.loads((tmp_path / "counts.json").read_text()).values()
    assert (count["refused"], count["read"], count["failed"]) == (5, 4, 1)
    assert count["stopped"] == [3]
    assert fuzz.main() == 1, "nothing is left to try, the failure is still known"
