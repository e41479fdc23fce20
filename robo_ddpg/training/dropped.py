"""Transitions that cannot be learned from, and when there are too many of them."""

from collections import deque

from robo_ddpg.errors import EnvironmentFailure

WINDOW = 10_000
"""The last transitions, over all simulations, among which dropped ones are counted."""
MOST = 100
"""More dropped transitions than this among them end the run: 1 %, or sooner all from the start."""


class DroppedTransitions:
    """Counts the transitions that were dropped lately."""

    def __init__(self, name: str, num_envs: int) -> None:
        """Start to count.

        Args:
            name: the environment's.
            num_envs: transitions per step.
        """
        self.name = name
        self.lately = 0
        """How many of the last `WINDOW` transitions were dropped."""
        self._counts: deque[int] = deque([0] * max(1, WINDOW // num_envs))

    def add(self, count: int, fault: str | None) -> None:
        """Add a step of all simulations.

        Args:
            count: how many of its transitions were dropped.
            fault: what was not finite in one of them, where and when; None if the physics was
                unstable.

        Raises:
            EnvironmentFailure: they are too many.
        """
        self.lately += count - self._counts.popleft()
        self._counts.append(count)
        if self.lately > MOST:
            raise EnvironmentFailure(
                f"{fault or f'{self.name}: the physics is unstable'}; {self.lately} of the last "
                f"{WINDOW} transitions were not finite or unstable and had to be dropped, more "
                f"than the {MOST} that may be: mend the environment"
            )
