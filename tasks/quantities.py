"""What numbers stand for, in words and units: observations, actions, and what is measured."""

from dataclasses import dataclass

from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Measure:
    """What is measured."""

    what: str
    """In words."""
    unit: str = ""
    """SI unit; none for pure numbers."""

    @property
    def label(self) -> str:
        """The words, with the unit in brackets."""
        return f"{self.what} [{self.unit}]" if self.unit else self.what

    def reading(self, value: float, digits: int = 3) -> str:
        """A value with its unit, to so many significant digits."""
        return f"{value:.{digits}g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Quantity(Measure):
    """What a part of an observation shows, or what actions ask for.

    A number x stands for `zero + x * one`, in the unit.
    """

    one: ArrayLike = 1.0
    """What 1 stands for, of each component or of all."""
    zero: ArrayLike = 0.0
    """What 0 stands for, likewise."""
