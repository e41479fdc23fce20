"""Films for some purposes: options that suit them, unless others are given."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "paper": {"width": 960, "height": 720, "background": "white", "overlay": False, "trails": True},
    "slides": {"width": 1280, "height": 720, "trails": True},
    "readme": {"width": 320, "height": 240, "overlay": False, "until_solved": 0.5, "episodes": 4},
}
"""Preset -> fields of the options of `record`."""
