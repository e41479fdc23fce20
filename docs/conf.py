"""How the documentation is built: `make docs`."""

import logging
import sys
from pathlib import Path

import robo_ddpg

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

logging.getLogger("OpenGL").setLevel(logging.WARNING)  # would mention its missing accelerator

project = "robo_ddpg"
release = version = robo_ddpg.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "api_pages",
    "command_help",
    "readable_api",
]
exclude_patterns = ["_extensions"]
default_role = "code"
highlight_language = "none"
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
maximum_signature_line_length = 88
napoleon_numpy_docstring = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"robo_ddpg {version}"
html_copy_source = html_show_sourcelink = html_show_copyright = False
