"""Copying and pickling environments, whose simulations live outside of Python."""

import dataclasses
from typing import Any

import gymnasium

from robo_ddpg.envs.simulation import Simulation
from tasks.task import Task


class Remade:
    """An environment that is made anew where it is copied or unpickled.

    A copy has the task with its settings, the arguments, and the random numbers as they were: after
    `reset` it does what the original does after it. The episode under way stays behind, so that a
    copy has to be reset before it is stepped.
    """

    task: Task
    simulation: Simulation
    arguments: dict[str, Any]
    """What the constructor was given besides the task."""
    carried: tuple[str, ...] = ()
    """Attributes that a copy takes over."""
    needs_reset = False
    """Whether it is a copy that was not reset yet."""

    def __reduce__(self) -> tuple[Any, ...]:
        task = type(self.task), dataclasses.asdict(self.task.settings), self.task.name
        state = {name: getattr(self, name) for name in self.carried}
        return _made, (type(self), *task, self.arguments), state | {"rngs": self.simulation.rngs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.simulation.rngs = state.pop("rngs")
        vars(self).update(state, needs_reset=True)

    def check_was_reset(self) -> None:
        """Raises ResetNeeded in a copy that was not reset yet."""
        if self.needs_reset:
            raise gymnasium.error.ResetNeeded(
                "a copy of an environment has no episode under way: reset it before its first step"
            )


def _made(kind: Any, task: Any, settings: dict[str, Any], name: str, arguments: Any) -> Remade:
    made = task(**settings)
    made.name = name
    env: Remade = kind(task=made, **arguments)
    return env
