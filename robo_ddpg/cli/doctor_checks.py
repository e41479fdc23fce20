"""What works on this machine, and the exact fix for what does not."""

import dataclasses
import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from packaging.requirements import Requirement

from robo_ddpg.errors import RoboDDPGError
from robo_ddpg.process.processors import available_processors
from robo_ddpg.rendering import gl

DISTRIBUTION = "robo-ddpg"
ENOUGH_DISK_GIB = 1.0
"""A run with its checkpoint and videos takes a few hundred MiB."""


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str
    """What was tried."""

    ok: bool
    """Whether it works."""

    detail: str
    """What was found."""

    fix: str = ""
    """What to do about it; empty where it works."""


def run() -> list[Check]:
    """Try everything the package needs; takes a few seconds.

    Returns:
        The checks, those that failed among them: an unforeseen error is a failed check too.
    """
    checks = [check_python(), *check_dependencies()]
    trials: dict[str, Callable[[], Check]] = {
        "rendering": check_rendering,
        "video": check_video,
        "threads": check_torch,
        "golden": check_golden,
        "disk": check_disk,
    }
    for name, trial in trials.items():
        try:
            checks.append(trial())
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            checks.append(Check(name, False, reason, f"Reinstall: {_pip(DISTRIBUTION)}"))
    return checks


def check_python() -> Check:
    """Check the interpreter's version."""
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return Check("python", ok, found, "" if ok else "Install Python 3.11 or newer.")


def check_dependencies() -> list[Check]:
    """Check the installed version of everything the package requires, and of what trains."""
    try:
        texts = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return [Check(DISTRIBUTION, False, "is not installed", "pip install -e .")]
    needed = [Requirement(text) for text in texts]
    extra = {"extra": "train" if trains() else ""}
    return [
        check_requirement(need) for need in needed if not need.marker or need.marker.evaluate(extra)
    ]


def trains() -> bool:
    """Whether PyTorch is installed; without it controllers run, but none is trained."""
    return importlib.util.find_spec("torch") is not None


def check_requirement(need: Requirement) -> Check:
    """Compare the installed version of one distribution with what is required."""
    try:
        found = importlib.metadata.version(need.name)
    except importlib.metadata.PackageNotFoundError:
        return Check(need.name, False, "is not installed", _pip(str(need)))
    if need.specifier.contains(found, prereleases=True):
        return Check(need.name, True, found)
    return Check(need.name, False, f"{found}, expected {need.specifier}", _pip(str(need)))


def check_rendering() -> Check:
    """Render a frame."""
    try:
        found = gl.describe()
    except RoboDDPGError as error:
        problem, _, fix = str(error).partition(". ")
        return Check("rendering", False, problem, fix)
    kind = "software" if found["software"] else "hardware"
    return Check("rendering", True, f"{found['backend']}, {kind}: {found['renderer']}")


def check_video() -> Check:
    """Encode a short .mp4 and read it back."""
    import imageio.v3 as iio

    from robo_ddpg.recording.film.video_file import write_video

    ramp = np.tile(np.arange(64, dtype=np.uint8)[:, None], (48, 1, 3))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "trial.mp4")
        try:
            write_video(path, [np.roll(ramp, 4 * i, axis=1) for i in range(10)], fps=10)
            frames = len(iio.imread(path, plugin="pyav"))
        except (RoboDDPGError, ImportError, OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            return Check("video", False, reason, _pip("--force-reinstall av imageio"))
    if frames != 10:
        return Check("video", False, f"{frames} of 10 frames came back", _pip("--upgrade av"))
    return Check("video", True, "H.264 in .mp4")


def check_torch() -> Check:
    """Check that torch calculates, and with no more threads than there are processors."""
    if not trains():
        return Check("threads", True, f"no PyTorch; to train: {_pip('robo-ddpg[train]')}")
    import torch

    ones = torch.ones(8, 8)
    if not bool((ones @ ones == 8).all()):
        return Check(
            "threads", False, "8 x 8 ones multiply wrongly", _pip("--force-reinstall torch")
        )
    threads, processors = torch.get_num_threads(), available_processors()
    detail = f"{threads} threads, {processors} processors"
    if threads > processors:
        return Check("threads", False, detail, f"export OMP_NUM_THREADS={processors}")
    return Check("threads", True, detail)


def check_golden() -> Check:
    """Check that short runs of all tasks give the bits that are known, where some are."""
    if not trains():
        return Check("golden", True, "not run: they learn, which takes PyTorch")
    from robo_ddpg.golden.known import here, known, verdict
    from robo_ddpg.golden.run import PACKAGES

    told = verdict(here(), known())
    fix = _pip(f"--force-reinstall {' '.join(PACKAGES)}")
    ok = told.reproduced is not False
    return Check("golden", ok, told.text, "" if ok else f"{fix}, if the code is as it was")


def check_disk(directory: str | os.PathLike[str] = ".") -> Check:
    """Check the space where runs are written."""
    free = shutil.disk_usage(directory).free / 2**30
    ok = free >= ENOUGH_DISK_GIB
    fix = "" if ok else f"Free {ENOUGH_DISK_GIB:g} GiB, or train with --out on another disk."
    return Check("disk", ok, f"{free:.1f} GiB free in {Path(directory).resolve()}", fix)


def _pip(arguments: str) -> str:
    quoted = f"'{arguments}'" if any(sign in arguments for sign in "<>[") else arguments
    return f"{sys.executable} -m pip install {quoted}"
