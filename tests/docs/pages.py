"""The pages of the documentation and the code in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
}
"""Name -> file."""
NOT_RUN = re.compile(r"<!-- not run: (.+) -->\s*")
"""Stands before a block that no test can run, with the reason."""
FILE = re.compile(r"# (\w+\.py)\n")
"""First line of a Python block that is a file of the reader's own."""


@dataclass(frozen=True)
class Block:
    """A block of code."""

    language: str
    text: str
    line: int
    """Where the code begins in the page, from 0."""
    not_run: str
    """Why it is not run; empty if it is."""

    @property
    def file(self) -> str:
        """Name of the file that it is; empty for code to be run here."""
        named = FILE.match(self.text)
        return named[1] if named and self.language == "python" else ""


def blocks(page: Path) -> list[Block]:
    """The code of a page; directives of Sphinx are left out."""
    tokens = MarkdownIt().parse(page.read_text())
    return [
        _block(token, before)
        for before, token in zip([None, *tokens], tokens, strict=False)
        if token.type in ("fence", "code_block") and not token.info.startswith("{")
    ]


def _block(token: Token, before: Token | None) -> Block:
    reason = NOT_RUN.fullmatch(before.content) if before and before.type == "html_block" else None
    line = token.map[0] + 1 if token.map else 0
    return Block(token.info.strip(), token.content, line, reason[1] if reason else "")
