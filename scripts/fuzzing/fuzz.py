"""Tries mutated files of every kind on what reads them; goes on where it was stopped.

A file must be read or be refused with the package's own error in one line: no other exception, no
crash, no hang, no module imported that it names, and no more memory than twice its size beside a
base. What fails lies in OUT/failures, with its traceback.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SHARES = {
    "controller": 0.28,
    "recording": 0.19,
    "fault": 0.01,
    "checkpoint": 0.02,
    "demonstration": 0.15,
    "config": 0.15,
    "table": 0.1,
    "evaluation": 0.08,
    "robot": 0.01,
    "task": 0.01,
}
"""Kind -> how many of all files are of it."""
AT_ONCE = 5_000
"""Files tried by one process."""
HANG_S = 60.0
"""A file that takes longer counts as hanging [s]."""
START_S = 600.0
"""A process may take so long until its first file: it makes a good one first [s]."""
NOT_YET, REFUSED, READ, FAILED = range(4)


@dataclass
class Count:
    """What became of the files of a kind."""

    refused: int = 0
    read: int = 0
    failed: int = 0
    seconds: float = 0.0
    stopped: list[int] = field(default_factory=list)
    """Numbers of files that crashed or hung the process."""

    @property
    def done(self) -> int:
        """Files tried."""
        return self.refused + self.read + self.failed


def main() -> int:
    """Try files until there are enough of each kind; 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000_000, help="in total")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="counts and failures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    state = options.out / "counts.json"
    counts = {name: Count() for name in SHARES}
    if state.exists():
        counts |= {k: Count(**v) for k, v in json.loads(state.read_text()).items()}
    while due := [k for k, share in SHARES.items() if counts[k].done < share * options.files]:
        name = min(due, key=lambda k: counts[k].done / SHARES[k])
        wanted = round(SHARES[name] * options.files) - counts[name].done
        tried(name, counts[name], min(AT_ONCE, wanted), options.out)
        state.write_text(json.dumps({k: vars(v) for k, v in counts.items()}, indent=2))
        print(line(name, counts[name]), flush=True)
    for name, count in counts.items():
        print(line(name, count))
    print(sum(count.done for count in counts.values()), "files")
    return int(any(count.failed for count in counts.values()))


def line(name: str, count: Count) -> str:
    """What became of the files of a kind, in words."""
    rate = count.done / max(count.seconds, 1e-9)
    said = f"{count.refused} refused, {count.read} read, {count.failed} failed"
    return f"{name:14}{count.done:9} files: {said}; {rate:.0f} per second"


def tried(name: str, count: Count, files: int, out: Path) -> None:
    """Try the next files of a kind, each process going on behind the file that ended the last."""
    first, start = count.done, time.monotonic()
    outcomes = out / f"{name}.outcomes"
    outcomes.write_bytes(bytes(files))
    found = np.memmap(outcomes, np.uint8, "r+", shape=(files,))
    command = [sys.executable, str(HERE / "worker.py"), name, str(first), str(files)]
    paths = [str(outcomes.resolve()), str((out / "failures").resolve())]
    while (found == NOT_YET).any():
        left = int((found == NOT_YET).sum())
        with subprocess.Popen([*command, *paths]) as process:
            if watched(process, found):
                continue
        if left == int((found == NOT_YET).sum()):
            raise RuntimeError(f"nothing can be tried: {' '.join(command)}")
        at = int(np.argmax(found == NOT_YET))
        found[at] = FAILED
        count.stopped.append(first + at)
    count.refused += int((found == REFUSED).sum())
    count.read += int((found == READ).sum())
    count.failed += int((found == FAILED).sum())
    count.seconds += time.monotonic() - start
    outcomes.unlink()


def watched(
    process: "subprocess.Popen[bytes]", found: "np.memmap[tuple[int], np.dtype[np.uint8]]"
) -> bool:
    """Wait for a process, or end it where it hangs; whether it came to its end by itself."""
    left, due = int((found == NOT_YET).sum()), time.monotonic() + START_S
    while process.poll() is None:
        time.sleep(0.2)
        now = int((found == NOT_YET).sum())
        if now != left:
            left, due = now, time.monotonic() + HANG_S
        elif time.monotonic() > due:
            process.kill()
    return process.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
