"""n environments of Gymnasium's in the hands of this thread, of several, or of processes."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.background import Background
from robo_ddpg.envs.foreign import worker
from robo_ddpg.envs.foreign.hands import Hand, Here, Process
from robo_ddpg.envs.foreign.spaces import check_spaces
from tasks.arrays import Mask

Stepping = Literal["in turn", "threads", "processes"]
AnyArray = NDArray[Any]


class Simulations:
    """n environments of one name; finished ones wait for their reset."""

    def __init__(
        self,
        name: str,
        settings: dict[str, Any],
        num_envs: int,
        stepping: Stepping = "in turn",
        workers: int = 1,
        python: str | None = None,
        pictures: bool = False,
    ) -> None:
        """Make them.

        Args:
            name: an id, or `module:Class`.
            settings: arguments by name, JSON-compatible where processes step them.
            num_envs: how many.
            stepping: who steps them.
            workers: how many threads or processes.
            python: interpreter of the processes; this one if not given.
            pictures: whether they will be asked for some.

        Raises:
            EnvironmentFailure: another process cannot make them.
            UnknownEnvironmentError: their spaces are not supported.
        """
        self.num_envs, self.stepping = num_envs, stepping
        count = min(workers, num_envs) if stepping != "in turn" else 1
        self._bounds = np.linspace(0, num_envs, count + 1).astype(int).tolist()
        self._hands: list[Hand] = []
        try:
            self._start({"name": name, "settings": settings, "pictures": pictures}, count, python)
        except BaseException:
            self.close()
            raise

    def _start(self, wanted: dict[str, Any], count: int, python: str | None) -> None:
        for _ in range(count):
            self._hands.append(self._hand(python))
        sizes = np.diff(self._bounds).tolist()
        made = [{**wanted, "count": size} for size in sizes]
        self.description: dict[str, Any] = self._all("make", made)[0]
        check_spaces(self.description, wanted["name"])
        self.arrays = self._shared()

    def _hand(self, python: str | None) -> Hand:
        if self.stepping == "processes":
            return Process(*filter(None, [python]))
        return Here(Background() if self.stepping == "threads" else None)

    def reset(self, which: Mask, seeds: Sequence[int | None]) -> None:
        """Start episodes, `which` (n,), each from its seed; None goes on with its generator."""
        asked = []
        for first, end in self._ranges():
            ids = np.flatnonzero(which[first:end]).tolist()
            asked.append({"which": ids, "seeds": [seeds[first + i] for i in ids]})
        self._all("reset", asked)

    def step(self, actions: AnyArray) -> None:
        """Step all that have not finished, (n, ...) as the environment takes them."""
        self.arrays["action"][:] = actions
        self._all("step", [{}] * len(self._hands))

    def state(self) -> list[dict[str, Any]]:
        """What each of them holds, n JSON-compatible values."""
        return [state for states in self._all("state", [{}] * len(self._hands)) for state in states]

    def load_state(self, states: list[dict[str, Any]]) -> None:
        """Put back what `state` returned; whoever steps them may be others."""
        self._all("load_state", [{"states": states[a:b]} for a, b in self._ranges()])

    def render(self, index: int) -> AnyArray:
        """The picture of one, (height, width, 3)."""
        hand = int(np.searchsorted(self._bounds, index, "right")) - 1
        self._hands[hand].begin("render", index=index - self._bounds[hand])
        return np.asarray(self._hands[hand].end())

    def ask(self, command: str, **arguments: Any) -> Any:
        """Something of the first hand; `worker.COMMANDS` says what there is."""
        self._hands[0].begin(command, **arguments)
        return self._hands[0].end()

    def close(self) -> None:
        """Free everything; may be called twice."""
        for hand in self._hands:
            hand.close()
        self._hands = []

    def _all(self, command: str, arguments: list[dict[str, Any]]) -> list[Any]:
        """The same command to all hands at once."""
        for hand, argument in zip(self._hands, arguments, strict=True):
            hand.begin(command, **argument)
        return [hand.end() for hand in self._hands]

    def _ranges(self) -> list[tuple[int, int]]:
        return list(zip(self._bounds[:-1], self._bounds[1:], strict=True))

    def _shared(self) -> dict[str, AnyArray]:
        """The arrays, which every hand writes its rows of."""
        firsts, count = self._bounds[:-1], self.num_envs
        if self.stepping != "processes":
            arrays = worker.allocate(self.description, count)
            self._all("bind", [{"arrays": arrays, "first": first} for first in firsts])
            return arrays
        with _memory_file(worker.places(self.description, count)[1]) as file:
            arrays = worker.allocate(self.description, count, file)
            shared = {"file": file, "count": count}
            self._all("share", [{**shared, "first": first} for first in firsts])
        return arrays


@contextlib.contextmanager
def _memory_file(size: int) -> Iterator[str]:
    """A file of zeros, in memory where there is a place for that; gone once all have mapped it."""
    memory = "/dev/shm"
    number, path = tempfile.mkstemp(dir=memory if os.access(memory, os.W_OK) else None)
    try:
        os.truncate(number, size)
        os.close(number)
        yield path
    finally:
        os.unlink(path)
