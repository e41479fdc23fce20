"""Reading descriptions of robots on legs."""

from tasks.described.reading import read
from tasks.legged.described.description import Robot


def read_legged(text_or_path: str) -> Robot:
    """A robot on legs from the path of its TOML file, or from its JSON text; raises as `read`."""
    return read(Robot, text_or_path)
