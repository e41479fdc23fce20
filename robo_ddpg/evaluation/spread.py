"""Parts of an evaluation that depend on nothing, and who makes them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


class Spread(Protocol):
    """Makes parts somewhere: in processes, or on other machines."""

    def __call__(
        self, function: Callable[[Part], Result], parts: Sequence[Part]
    ) -> Iterator[Result]:
        """Call the function with each part.

        Returns:
            The results, in order.
        """


def in_turn(function: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
    """Make the parts here, one after the other."""
    return map(function, parts)
