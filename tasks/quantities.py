"""What the numbers of observations and actions stand for, in words and units."""

from dataclasses import dataclass

from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Quantity:
    """What a part of an observation shows, or what actions ask for.

    A number x stands for `zero + x * one`, in the unit.
    """

    what: str
    """In words."""
    unit: str = ""
    """SI unit; none for pure numbers."""
    one: ArrayLike = 1.0
    """What 1 stands for, of each component or of all."""
    zero: ArrayLike = 0.0
    """What 0 stands for, likewise."""
