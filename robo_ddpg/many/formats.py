"""Which files pictures can be drawn into."""

from pathlib import Path

from robo_ddpg.errors import SettingsError

FORMATS = (".png", ".svg", ".pdf")
"""Endings of pictures."""


def check_picture(path: Path) -> None:
    """Refuse names of files that are no pictures.

    Raises:
        SettingsError: the ending is none of `FORMATS`.
    """
    if path.suffix.lower() not in FORMATS:
        raise SettingsError(f"cannot draw {path}: expected a name that ends in .png, .svg or .pdf")
