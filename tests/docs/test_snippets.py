"""A block of Python in the documentation can be copied by itself."""

import ast
import builtins

import pytest

from tests.docs.pages import PAGES, Block, blocks

SNIPPETS = [
    (name, block)
    for name, page in PAGES.items()
    for block in blocks(page)
    if block.language == "python"
]


def undefined(code: str) -> set[str]:
    """Names that are used and defined nowhere in it."""
    nodes = list(ast.walk(ast.parse(code)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    defined = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    defined |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {(each.asname or each.name).split(".")[0] for each in node.names}
    return {name.id for name in names} - defined - set(dir(builtins))


@pytest.mark.parametrize(
    ("page", "block"), SNIPPETS, ids=[f"{page}:{block.line}" for page, block in SNIPPETS]
)
def test_it_defines_or_imports_every_name(page: str, block: Block) -> None:
    assert undefined(block.text) == set()


def test_a_name_from_elsewhere_is_found() -> None:
    assert undefined("import a.b as c\nc.act(observation)") == {"observation"}
