"""Shorter words in the API reference: `NDArray[float64]`, and no mention of `object` as a base."""

import re
from typing import Any, get_origin

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

ARRAY = re.compile(
    r"~?(?:numpy\.)?ndarray\[tuple\[~?(?:typing\.)?Any, \.\.\.\], "
    r"~?(?:numpy\.)?dtype\[~?(?:numpy\.|typing\.)?(\w+)(?:\[~?(?:typing\.)?Any\])?\]\]"
)
"""What autodoc makes of `numpy.typing.NDArray[...]`."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("autodoc-process-signature", name_arrays)
    app.connect("autodoc-process-bases", without_parameters)
    app.connect("doctree-read", tidy)
    return {"parallel_read_safe": True}


def keep_colons(
    app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]
) -> None:
    """Keep Napoleon from reading `Success: ...` under an attribute as its type."""
    if what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]  # an empty comment: Napoleon looks at the first line only


def name_arrays(
    app: Sphinx, what: str, name: str, obj: object, options: Any, arguments: Any, result: Any
) -> tuple[str | None, str | None]:
    """Abbreviate the types of arrays in the signature of a function or class."""
    return tuple(text and ARRAY.sub(r"NDArray[\1]", text) for text in (arguments, result))


def without_parameters(app: Sphinx, name: str, obj: object, options: Any, bases: list[Any]) -> None:
    """Name generic bases without their parameters."""
    bases[:] = [get_origin(base) or base for base in bases]


def tidy(app: Sphinx, document: nodes.document) -> None:
    """Abbreviate arrays in the types of attributes, and drop `Bases: object`."""
    for annotation in document.findall(addnodes.desc_annotation):
        text = annotation.astext()
        if ARRAY.search(text):
            annotation.children = [nodes.Text(ARRAY.sub(r"NDArray[\1]", text))]
    for paragraph in list(document.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object":
            paragraph.parent.remove(paragraph)
