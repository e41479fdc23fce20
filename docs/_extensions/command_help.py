"""The directive `{help} train reach`: what that command really answers to `--help`."""

import contextlib
import io
import os

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from robo_ddpg.cli.app import main

COLUMNS = "80"
"""Width of the text; what fits a page."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("help", CommandHelp)
    return {"parallel_read_safe": True}


class CommandHelp(Directive):
    """Shows the help of the command in its arguments; without any, the overview."""

    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        """The help as a literal block."""
        return [nodes.literal_block("", help_of(*self.arguments))]


def help_of(*words: str) -> str:
    """What `robo-ddpg WORDS --help` prints.

    Raises:
        RuntimeError: there is no such command.
    """
    os.environ |= {"COLUMNS": COLUMNS, "NO_COLOR": "1"}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            code = main([*words, "--help"])
        except SystemExit as stop:
            code = int(stop.code or 0)
    if code:
        raise RuntimeError(f"robo-ddpg {' '.join(words)} --help ends with {code}")
    return out.getvalue()
