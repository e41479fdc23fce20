"""Watching the runs of a round, and giving trials up."""

from collections.abc import Callable, Sequence

from robo_ddpg.many.found import look_at
from robo_ddpg.many.seeds.display import ManyProgress
from robo_ddpg.many.seeds.job import Job
from robo_ddpg.runs.tables import Row


class RoundWatcher:
    """Shows how runs go, and looks at each new evaluation.

    What is judged is metrics.csv, which says the same whenever it is looked at.
    """

    silent = True
    """Settings are the sweep's own business: a run gives no advice about them."""

    def __init__(
        self,
        jobs: Sequence[Job],
        seeds: int,
        progress: ManyProgress,
        is_bad: Callable[[Sequence[Row]], bool],
    ) -> None:
        """Nothing is given up yet.

        Args:
            jobs: the runs, those of a trial one after the other.
            seeds: of each trial.
            progress: shows them.
            is_bad: whether a run with these rows is one to give its trial up for.
        """
        self._jobs, self._seeds, self._progress, self._is_bad = jobs, seeds, progress, is_bad
        self._seen: list[object] = [None] * len(jobs)
        self._given_up: set[int] = set()

    def is_given_up(self, index: int) -> bool:
        """Whether the trial that a run belongs to is."""
        return index // self._seeds in self._given_up

    def update(self, index: int, done: float, row: Row) -> None:
        """How far a run is."""
        self._progress.update(index, done, row)
        evaluated = (row.get("evaluation_return"), row.get("evaluation_success"))
        if evaluated != self._seen[index]:
            self._seen[index] = evaluated
            if self._is_bad(look_at(self._jobs[index].path).rows):
                self._given_up.add(index // self._seeds)

    def note(self, index: int, text: str) -> None:
        """Nothing."""

    def ended(self, index: int, error: str | None) -> None:
        """A run ended."""
        self._progress.ended(index, None if self.is_given_up(index) else error)
