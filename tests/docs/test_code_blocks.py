"""Every block of code in the documentation works as it stands."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.commands import run_line
from tests.docs.pages import PAGES, Block, blocks

LANGUAGES = {"python", "bash", "text"}
"""What blocks are written in; `text` is nothing that could be run."""
SHIPPED_COMPARED = "compare reach "
"""With a controller that ships, only one that was trained on episodes as long can be compared."""
FIRST = ("README.md",)
"""Pages whose code `make test-slow` runs; `make test-pages` runs that of the others."""
WITH_CODE = [
    name for name in PAGES if any(block.language != "text" for block in blocks(PAGES[name]))
]


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory; modules that are written into it are forgotten afterwards.

    Curve and report of each training, which take longer than it does here, are not drawn.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("robo_ddpg.training.trainer.write_pages", lambda *_: None)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is_and_why_it_is_not_run(page: str) -> None:
    for block in blocks(PAGES[page]):
        assert block.language in LANGUAGES, f"{page}:{block.line}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [name if name in FIRST else pytest.param(name, marks=pytest.mark.page) for name in WITH_CODE],
)
def test_the_code_of_a_page_runs_from_top_to_bottom(page: str, reader: Path) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": page}
    short = SHIPPED_COMPARED not in PAGES[page].read_text()
    for block in blocks(PAGES[page]):
        if not block.not_run:
            run(block, namespace, short=short)


def run(block: Block, namespace: dict[str, Any], *, short: bool) -> None:
    """Run a block in the working directory."""
    if block.file:
        Path(block.file).write_text(block.text)
        importlib.invalidate_caches()
        importlib.import_module(Path(block.file).stem)
    elif block.language == "python":
        code = compile("\n" * block.line + block.text, namespace["__file__"], "exec")
        exec(code, namespace)
    elif block.language == "bash":
        for line in block.text.splitlines():
            run_line(line, short=short)
