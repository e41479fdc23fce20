"""What a person sees while training runs."""

import contextlib
import sys
import time
from typing import Any, Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from robo_ddpg.runs.tables import Row

PLAIN_INTERVAL_S = 5.0
"""Time between lines where there is no terminal."""


class Progress(Protocol):
    """Shows the state of a run; a context manager."""

    silent: bool
    """Whether nobody sees it."""
    unread: bool
    """Whether who read it is gone: a pipe that was closed, a terminal."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def update(self, done: float, row: Row) -> None:
        """Show how far the run is.

        Args:
            done: share of the budget that is used up.
            row: present metrics.
        """

    def note(self, text: str) -> None:
        """Show a line that stays."""


def make_progress(title: str, *, quiet: bool = False) -> Progress:
    """A live display on a terminal and in a notebook, plain lines elsewhere, nothing if quiet."""
    if quiet:
        return SilentProgress()
    if Console().is_jupyter:
        return NotebookProgress(title)
    return LiveProgress(title) if sys.stderr.isatty() else PlainProgress(title)


class SilentProgress:
    """Shows nothing."""

    silent = True
    unread = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def update(self, done: float, row: Row) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class PlainProgress(SilentProgress):
    """One line every few seconds."""

    silent = False

    def __init__(self, title: str) -> None:
        self._title = title
        self._next = 0.0

    def update(self, done: float, row: Row) -> None:
        """Print a line if the last one is some seconds old."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PLAIN_INTERVAL_S
            shown = "  ".join(f"{name} {value}" for name, value in figures(done, row))
            self.note(f"{self._title}  {100 * done:3.0f} %  {shown}")

    def note(self, text: str) -> None:
        """Print the line."""
        try:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
        except OSError:
            self.unread = True


class OnTerminal:
    """Something that is drawn again and again at the end of a terminal; a context manager."""

    def __init__(self) -> None:
        self._live = Live(console=Console(stderr=True), refresh_per_second=5)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            self._live.stop()


class LiveProgress(OnTerminal, SilentProgress):
    """A bar with the figures under it, on a terminal."""

    silent = False

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def update(self, done: float, row: Row) -> None:
        """Redraw."""
        self._live.update(_drawn(self._title, done, row))

    def note(self, text: str) -> None:
        """Print the line above the bar."""
        try:
            self._live.console.print(text, highlight=False, markup=False)
        except OSError:
            self.unread = True


class NotebookProgress(SilentProgress):
    """The same bar in the output of a notebook's cell."""

    silent = False

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown: Any = None

    def update(self, done: float, row: Row) -> None:
        """Redraw in place."""
        from IPython.display import display

        drawn = _drawn(self._title, done, row)
        if self._shown is None:
            self._shown = display(drawn, display_id=True)
        else:
            self._shown.update(drawn)

    def note(self, text: str) -> None:
        """Print the line below the bar."""
        sys.stdout.write(text + "\n")


def _drawn(title: str, done: float, row: Row) -> Table:
    """The bar with the figures under it."""
    table = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=1.0, completed=done, width=36, complete_style="green")
    table.add_row(f"[bold]{escape(title)}[/bold]", bar, f"{100 * done:.0f} %")
    under = Table.grid(padding=(0, 3))
    under.add_row(*(f"[dim]{name}[/dim] {value}" for name, value in figures(done, row)))
    grid = Table.grid()
    grid.add_row(table)
    grid.add_row(under)
    return grid


def figures(done: float, row: Row) -> list[tuple[str, str]]:
    """Names and values to show, what is not known left out."""
    left = None if done <= 0 else (row.get("training_s") or 0.0) * (1 - done) / done
    forms = (
        ("steps/s", row.get("steps_per_s"), "{:,.0f}"),
        ("updates/s", row.get("updates_per_s"), "{:,.0f}"),
        ("return", row.get("episode_return"), "{:.2f}"),
        ("success", _percent(row.get("episode_success")), "{:.0f} %"),
        ("evaluated", _percent(row.get("evaluation_success")), "{:.1f} %"),
        ("left", left, "{:.0f} s"),
    )
    return [(name, form.format(value)) for name, value, form in forms if value is not None]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share
