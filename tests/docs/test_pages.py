"""What the pages say of commands, files and packages is there."""

import re

import pytest

from robo_ddpg.cli.app import COMMANDS
from tests.docs.pages import PAGES, ROOT

LINK = re.compile(r"(?:\]\(|src=\")([^)\"#]+)")
NAMED = re.compile(r"`(?:python )?((?:robo_ddpg|tasks|assets|scripts|tests|docs)/[\w./]+)[`\s]")
"""Places in the repository, set as code."""
SIZE = 150_000
"""Most bytes of a still picture."""


def test_the_command_line_page_asks_every_command_for_its_help() -> None:
    asked = re.findall(r"```\{help\} ?(\w*)\n", PAGES["docs/command-line.md"].read_text())
    assert set(asked) - {"", "train"} == set(COMMANDS) - {"train"}
    assert {"", "train"} <= set(asked)


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_of_a_page_are_there(page: str) -> None:
    targets = [name for name in LINK.findall(PAGES[page].read_text()) if "://" not in name]
    generated = ROOT / "docs" / "modules"
    for target in targets:
        path = (PAGES[page].parent / target).resolve()
        assert path.exists() or path.parent == generated, target


def test_still_pictures_are_small() -> None:
    large = [path.name for path in (ROOT / "docs").rglob("*.png") if path.stat().st_size > SIZE]
    assert large == []


def test_the_house_names_every_room() -> None:
    text = PAGES["docs/house.md"].read_text()
    rooms = [
        path.parent
        for name in ("robo_ddpg", "tasks")
        for path in (ROOT / name).glob("*/__init__.py")
    ]
    assert [room for room in rooms if f"`{room.relative_to(ROOT)}/`" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_folders_and_files_named_on_a_page_exist(page: str) -> None:
    named = NAMED.findall(PAGES[page].read_text())
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []
