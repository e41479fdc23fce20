"""Evaluations on many machines: their parts are tasks of Ray."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from robo_ddpg.errors import RoboDDPGError
from robo_ddpg.many.cluster.joining import task_of

Part = TypeVar("Part")
Result = TypeVar("Result")


class RaySpread:
    """A `Spread` over a cluster; a part whose node dies is made again."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray

    def __call__(
        self, function: Callable[[Part], Result], parts: Sequence[Part]
    ) -> Iterator[Result]:
        """Begin all parts, and give their results in order.

        Raises:
            RoboDDPGError: what a part raised, or it could not be made.
        """
        task = task_of(self._ray, _call)
        begun = [task.remote(function, part) for part in parts]
        try:
            for each in begun:
                yield self._result(each)
        finally:
            for each in begun:
                self._ray.cancel(each, force=False)

    def _result(self, task: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError as error:
            if isinstance(error.cause, RoboDDPGError):
                raise error.cause from None
            raise
        except errors.RayError as error:
            raise RoboDDPGError(" ".join(str(error).split())[-300:]) from None


def _call(function: Callable[[Part], Result], part: Part) -> Result:
    """What Ray takes in place of a function that has arguments already."""
    return function(part)
