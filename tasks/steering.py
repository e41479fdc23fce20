"""What a person may command while a task runs: a velocity, a goal."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.arrays import Array

ALONG_KEYS = ("ArrowDown", "ArrowUp")
LEFT_KEYS = ("ArrowRight", "ArrowLeft")
HEIGHT_KEYS = ("PageDown", "PageUp")


@dataclass(frozen=True)
class Axis:
    """One number of a command."""

    what: str
    """In words."""
    unit: str
    """SI unit."""
    low: float
    """Least value."""
    high: float
    """Greatest value."""
    step: float
    """How far a key moves it."""
    keys: tuple[str, str]
    """Keys that lower and raise it, by the names of browsers' `KeyboardEvent.key`."""
    rest: float | None = None
    """Its value when the robot is to stand still; None where it always does in the end."""


@dataclass(frozen=True)
class Steering:
    """What may be commanded of each simulation, and how well it is followed."""

    axes: tuple[Axis, ...]
    """The numbers of a command, c of them."""
    asked: Callable[[], Array]
    """What is commanded now, (n, c)."""
    measured: Callable[[], Array]
    """What the robot does now, (n, c)."""
    ask: Callable[[int, Array], None]
    """Command something else, (c,), of one simulation until its episode ends."""


def goal_steering(
    low_m: tuple[float, ...], high_m: tuple[float, ...], goal: Array, point: Array
) -> Steering:
    """Where a point should go.

    Args:
        low_m: lower corner of the box that it may be sent to [m].
        high_m: upper corner [m].
        goal: where it should be [m], (n, 3), which is written into.
        point: where it is [m], (n, 3).
    """
    names = ("goal forward", "goal to the left", "goal up")
    keys = (ALONG_KEYS, LEFT_KEYS, HEIGHT_KEYS)
    limits = zip(names, low_m, high_m, keys, strict=True)
    axes = tuple(Axis(what, "m", low, high, 0.02, pair) for what, low, high, pair in limits)
    return Steering(axes, lambda: goal, lambda: point, goal.__setitem__)
