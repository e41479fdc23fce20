"""What robots are asked to do: in words and units, and how it is drawn into pictures."""

from dataclasses import dataclass

from tasks.quantities import Measure


@dataclass(frozen=True, kw_only=True)
class Command(Measure):
    """What a robot is asked to do; it is not drawn."""

    parts: tuple[str, ...] = ()
    """Names of the components, where there are several."""


@dataclass(frozen=True, kw_only=True)
class Point(Command):
    """A place in the world [m], (3,), drawn as rings around it."""

    radius_m: float
    """Of the rings: how near is near enough [m]."""
    marker: str = ""
    """Body of the scene that marks the place too; where rings are drawn, it is not."""


@dataclass(frozen=True, kw_only=True)
class Velocity(Command):
    """Forward, and to the left if there is a second component: an arrow at a body."""

    body: str
    """Whose x axis points forward."""
    above_m: float
    """Height of the arrow above its origin [m]."""
    second_m: float
    """Length of the arrow per unit: where the robot would be in so many seconds [m / (m/s)]."""


@dataclass(frozen=True, kw_only=True)
class Turn(Command):
    """About the vertical, to the left where positive [rad/s]: an arc with an arrowhead."""

    body: str
    """About which it is drawn; its x axis points forward."""
    above_m: float
    """Height of the arc above its origin [m]."""
    radius_m: float
    """Of the arc [m]."""
