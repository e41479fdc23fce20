"""What a person sees while several runs are made."""

import contextlib
import sys
from collections.abc import Sequence
from typing import Any, Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from robo_ddpg.runs.tables import Row
from robo_ddpg.training.display.figures import figures, lines, text_of
from robo_ddpg.training.progress import OnTerminal, Seldom, is_terminal

_SHOWN = ("steps/s", "success", "evaluated", "return")
"""Figures of a run that are shown."""


class ManyProgress:
    """Nothing is shown, but how far each run is, is kept; a context manager."""

    silent = True

    def __init__(self, title: str, names: Sequence[str]) -> None:
        """Nothing has begun.

        Args:
            title: what all of it is.
            names: of the runs.
        """
        self.title, self.names = title, names
        self.states = ["waiting"] * len(names)
        """Per run: `waiting`, `running`, `ended` or `failed`."""
        self._done = [0.0] * len(names)
        self._rows: list[Row] = [{} for _ in names]
        self._noted: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def update(self, index: int, done: float, row: Row) -> None:
        """How far a run is."""
        self.states[index], self._done[index], self._rows[index] = "running", done, row
        self.show()

    def note(self, index: int, text: str) -> None:
        """Show what a run has to say, unless another one has said it."""
        if text not in self._noted:
            self._noted.add(text)
            self.say(f"{self.names[index]}: {text}")

    def ended(self, index: int, error: str | None) -> None:
        """A run ended."""
        self.states[index] = "ended" if error is None else "failed"
        if error is not None:
            self.say(f"{self.names[index]} failed: {error}")
        self.show()

    def figures(self, index: int) -> dict[str, str]:
        """What is known of a run."""
        known = dict(figures(self._rows[index]))
        return {name: known[name] for name in _SHOWN if name in known}

    def show(self) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""


class PlainManyProgress(ManyProgress):
    """One line about all of them now and then."""

    silent = False

    def __init__(self, title: str, names: Sequence[str]) -> None:
        super().__init__(title, names)
        self._seldom = Seldom()

    def show(self) -> None:
        """Print a line if the last one is some seconds old."""
        if self._seldom.is_due():
            self.say(f"{self.title}  " + "  ".join(map(self._brief, range(len(self.names)))))

    def say(self, text: str) -> None:
        """Print it."""
        with contextlib.suppress(OSError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def _brief(self, index: int) -> str:
        if self.states[index] != "running":
            return f"{self.names[index]} {self.states[index]}"
        evaluated = self.figures(index).get("evaluated", "")
        done = f"{100 * self._done[index]:.0f} %"
        return f"{self.names[index]} {done}" + f" (evaluated {evaluated})" * bool(evaluated)


class LiveManyProgress(OnTerminal, ManyProgress):
    """A bar for each on a terminal."""

    silent = False

    def __init__(self, title: str, names: Sequence[str]) -> None:
        OnTerminal.__init__(self)
        ManyProgress.__init__(self, title, names)

    def show(self) -> None:
        """Redraw."""
        self._live.update(self)

    def say(self, text: str) -> None:
        """Print it above the bars."""
        with contextlib.suppress(OSError):
            self._live.console.print(text, highlight=False, markup=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.title, "bold", no_wrap=True, overflow="ellipsis")
        for index, state in enumerate(self.states):
            done = 1.0 if state == "ended" else self._done[index]
            yield self._head(index, done)
            for line in lines([*self.figures(index).items()], options.max_width - 2):
                yield Text("  ", no_wrap=True).append_text(text_of(line))

    def _head(self, index: int, done: float) -> Table:
        grid = Table.grid(padding=(0, 2))
        bar = ProgressBar(total=1.0, completed=done, width=24, complete_style="green")
        name = Text(f"{self.names[index]:{max(map(len, self.names))}}", overflow="ellipsis")
        grid.add_row(name, bar, f"{100 * done:3.0f} %", self.states[index])
        return grid


def make_many_progress(title: str, names: Sequence[str], *, quiet: bool = False) -> ManyProgress:
    """Bars on a terminal, plain lines elsewhere, nothing if quiet."""
    kind: Any = LiveManyProgress if is_terminal() else PlainManyProgress
    return ManyProgress(title, names) if quiet else kind(title, names)
