"""Where the time of an environment goes."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import gymnasium

Call = Callable[..., Any]


class Stopwatch:
    """Calls an environment, and counts the seconds within it, its wrappers and its pictures."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        """Take an environment; the innermost one reports to this watch from now on."""
        self.step, self.reset = self._timed("step", env.step), self._timed("reset", env.reset)
        self.steps = 0
        self._seconds: dict[str, float] = defaultdict(float)
        inner: Any = env.unwrapped
        with contextlib.suppress(AttributeError):  # of one with slots
            inner.render = self._timed("rendering", inner.render)
        if inner is not env:
            with contextlib.suppress(AttributeError):
                inner.step = self._timed("own step", inner.step)

    @property
    def steps_per_s(self) -> float:
        """Steps per second, resets included."""
        total = self._seconds["step"] + self._seconds["reset"]
        return self.steps / total if total else 0.0

    @property
    def shares(self) -> dict[str, float]:
        """Share of the time in steps, in their wrappers, in resets, and in drawing."""
        seconds = self._seconds
        own = seconds["own step"] or seconds["step"]
        total = seconds["step"] + seconds["reset"]
        parts = {
            "step": own - seconds["rendering"],
            "wrappers": seconds["step"] - own,
            "reset": seconds["reset"],
            "rendering": seconds["rendering"],
        }
        return {name: max(part, 0.0) / total for name, part in parts.items()} if total else {}

    def _timed(self, name: str, call: Call) -> Call:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self._seconds[name] += time.perf_counter() - start
                self.steps += name == "step"

        return timed
