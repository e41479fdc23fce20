"""The doctor sees what works, and gives an exact fix for what does not."""

import shutil
from collections import namedtuple

import pytest
from packaging.requirements import Requirement

from robo_ddpg.cli import doctor_checks
from robo_ddpg.cli.doctor_checks import Check
from robo_ddpg.errors import RenderingError
from robo_ddpg.rendering import gl


def test_rendering_video_and_torch_work_where_the_tests_run() -> None:
    for check in (
        doctor_checks.check_rendering(),
        doctor_checks.check_video(),
        doctor_checks.check_torch(),
    ):
        assert check.ok, check
        assert not check.fix


def test_every_failed_check_of_a_whole_run_has_a_fix() -> None:
    found = doctor_checks.run()
    expected = {"python", "rendering", "video", "threads", "golden", "disk"}
    assert expected <= {check.name for check in found}
    assert all(check.ok or check.fix for check in found)


@pytest.mark.parametrize(
    ("need", "ok", "fix"),
    [
        ("numpy>=1", True, ""),
        ("numpy>=9999", False, "pip install 'numpy>=9999'"),
        ("no-such-distribution>=1", False, "pip install 'no-such-distribution>=1'"),
    ],
)
def test_a_requirement_is_compared_with_what_is_installed(need: str, ok: bool, fix: str) -> None:
    check = doctor_checks.check_requirement(Requirement(need))
    assert check.ok is ok
    assert check.fix.endswith(fix)


def test_the_fix_for_rendering_is_the_one_opengl_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RenderingError("No OpenGL here. Run `apt-get install libegl1` as root.")

    monkeypatch.setattr(gl, "describe", fail)
    check = doctor_checks.check_rendering()
    assert check == Check(
        "rendering", False, "No OpenGL here", "Run `apt-get install libegl1` as root."
    )


def test_a_full_disk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**40, 2**40, 2**20))
    check = doctor_checks.check_disk()
    assert not check.ok
    assert "--out" in check.fix


def test_an_unforeseen_error_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode() -> Check:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(doctor_checks, "check_torch", explode)
    failed = {check.name: check for check in doctor_checks.run() if not check.ok}
    assert "by chance" in failed["threads"].detail
