"""What `make test` says at its end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HINT = "skipped: install chromium (sudo apt-get install chromium) to run them"
TESTS = """
import pytest
from tests.browser import browser

@pytest.mark.parametrize("number", range({count}))
def test_in_a_browser(number):
    with browser():
        pass

def test_that_has_nothing_to_do_here():
    pytest.skip("for another reason")
"""


def summary(directory: Path, count: int, *options: str) -> list[str]:
    """What is printed about tests of which some need a browser, where there is none."""
    path = directory / "test_some.py"
    path.write_text(TESTS.format(count=count))
    place = ("--rootdir", str(directory), "-c", os.devnull, "-p", "tests.conftest")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *place, *options, str(path)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.parametrize("options", [(), ("-ra",), ("-n", "2")])
def test_skipped_browser_tests_and_their_package_are_one_line_at_the_end(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    *before, last, _ = summary(tmp_path, 3, *options)
    assert last == f"3 browser tests were {HINT}"
    assert not any(HINT in line for line in before)


def test_one_skipped_browser_test_is_not_called_several(tmp_path: Path) -> None:
    assert summary(tmp_path, 1)[-2] == f"1 browser test was {HINT.replace('them', 'it')}"


def test_nothing_is_said_where_no_browser_test_was_skipped(tmp_path: Path) -> None:
    assert not any("chromium" in line for line in summary(tmp_path, 0))
