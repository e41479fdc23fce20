"""What makes runs, and who is told how they go."""

from collections.abc import Callable, Sequence
from typing import Protocol

from robo_ddpg.many.seeds.job import Job
from robo_ddpg.runs.tables import Row


class Watcher(Protocol):
    """Is told how each of several runs goes."""

    silent: bool
    """Whether nobody sees it."""

    def update(self, index: int, done: float, row: Row) -> None:
        """How far a run is: share of its budget, and present metrics."""

    def note(self, index: int, text: str) -> None:
        """What a run has to say."""

    def ended(self, index: int, error: str | None) -> None:
        """A run ended, in good order if there is no error."""


class Engine(Protocol):
    """Makes runs somewhere."""

    def __call__(
        self, jobs: Sequence[Job], watcher: Watcher, *, stop: Callable[[int], bool]
    ) -> list[str | None]:
        """Make runs, or go on with them.

        Args:
            jobs: the runs.
            watcher: is told how each goes.
            stop: asked about each run that is made whether it is to be killed.

        Returns:
            What went wrong with each; None for those in good order, or that were not begun.
        """
