"""The script that sees to a browser for the tests, with a package manager that is a stand-in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup_browser.sh"
APT_GET = """#!/usr/bin/env bash
echo "$DEBIAN_FRONTEND $*" >> "$PLACE/calls"
case "$*" in
  *"$FAILS"*) exit 100 ;;
  *--download-only*) ;;
  install*) printf '#!/bin/sh\\n' > "$PLACE/chromium"; chmod +x "$PLACE/chromium" ;;
esac
"""
DOWNLOAD = "install -y -qq --no-install-recommends --download-only chromium"
INSTALL = "install -y -qq --no-install-recommends chromium"


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """All that is on the PATH: no browser, a package manager, the user is root."""
    for name in ("bash", "dirname", "env", "chmod"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    program(tmp_path / "apt-get", APT_GET)
    program(tmp_path / "id", "#!/usr/bin/env bash\necho 0\n")
    return tmp_path


def set_up(place: Path, fails: str = "nothing") -> tuple[int, str, list[str]]:
    """Exit code, what was said, and what the package manager was asked."""
    ended = subprocess.run(
        [str(place / "bash"), str(SCRIPT), sys.executable],
        env={**os.environ, "PATH": str(place), "PLACE": str(place), "FAILS": fails},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = place / "calls"
    asked = calls.read_text().splitlines() if calls.exists() else []
    assert all(line.startswith("noninteractive ") for line in asked)
    return ended.returncode, ended.stderr, [line.partition(" ")[2] for line in asked]


def test_a_browser_that_is_there_is_enough(place: Path) -> None:
    program(place / "google-chrome", "#!/bin/sh\n")
    assert set_up(place) == (0, "", [])


def test_a_missing_browser_is_installed_where_that_is_allowed(place: Path) -> None:
    assert set_up(place) == (0, "", ["update -qq", DOWNLOAD, INSTALL])


@pytest.mark.parametrize("fails", ["update", "--download-only"])
def test_without_the_package_the_tests_are_said_to_be_skipped(fails: str, place: Path) -> None:
    code, said, asked = set_up(place, fails)
    assert code == 2
    assert "the browser tests are skipped" in said and "sudo apt-get install chromium" in said
    assert INSTALL not in asked


def test_without_permission_the_tests_are_said_to_be_skipped(place: Path) -> None:
    program(place / "id", "#!/usr/bin/env bash\necho 1000\n")
    program(place / "sudo", "#!/usr/bin/env bash\nexit 1\n")
    code, said, asked = set_up(place)
    assert code == 2 and not asked
    assert "the browser tests are skipped" in said


def test_a_package_that_cannot_be_installed_is_a_failure(place: Path) -> None:
    assert set_up(place, fails="recommends chromium")[0] == 1
