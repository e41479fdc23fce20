"""Charts as parts of a page."""

import html
import io
import re
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from robo_ddpg.runs.charts import COLOURS

_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "robo_ddpg"}
"""Text stays text, and equal charts get equal ids."""
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_UNWANTED = re.compile(r' id="[^"]*_\d+"|font-family: [^;"]*;? ?')
"""Ids that nothing refers to and that repeat from chart to chart; the page has its own font."""


def to_svg(figure: Figure, label: str) -> str:
    """An SVG element: as wide as there is room, in the page's font and colours.

    Args:
        figure: drawn in `COLOURS`, which become CSS variables of the same names.
        label: what it shows, for those who cannot see it.
    """
    file = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(file, format="svg", transparent=True, metadata=_NO_METADATA)
    head, _, drawing = file.getvalue().partition("</defs>")
    _, _, box = head.partition('viewBox="')
    drawing = " ".join(_UNWANTED.sub("", drawing).split())
    for name, colour in COLOURS.items():
        drawing = drawing.replace(colour, f"var(--{name})")
    box = box[: box.index('"')]
    return f'<svg viewBox="{box}" role="img" aria-label="{html.escape(label)}">{drawing}'
