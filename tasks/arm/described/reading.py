"""Reading descriptions of arms."""

from tasks.arm.described.description import Robot
from tasks.described.reading import read


def read_robot(text_or_path: str) -> Robot:
    """An arm from the path of its TOML file, or from its JSON text; raises as `read`."""
    return read(Robot, text_or_path)
