"""What a person sees while training runs."""

import contextlib
import sys
import time
from typing import Any, Protocol, Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from robo_ddpg.runs.tables import Row
from robo_ddpg.training.display.figures import bar, figures, lines, text_of

PLAIN_INTERVAL_S = 5.0
"""Time between lines where there is no terminal, at first."""
RARER = 0.1
"""Later it is this share of the time that has passed."""
NOTEBOOK_INTERVAL_S = 1.0
NOTEBOOK_COLUMNS = 80


class Progress(Protocol):
    """Shows the state of a run; a context manager."""

    silent: bool
    """Whether nobody sees it."""

    @property
    def unread(self) -> bool:
        """Whether who read it is gone: a pipe that was closed, a terminal."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def update(self, done: float, row: Row) -> None:
        """Show how far the run is.

        Args:
            done: share of the budget that is used up.
            row: present metrics, and times as `figures` takes them.
        """

    def note(self, text: str) -> None:
        """Show a line that stays."""


def make_progress(title: str, *, quiet: bool = False) -> Progress:
    """A live display on a terminal and in a notebook, plain lines elsewhere, nothing if quiet."""
    if quiet:
        return SilentProgress()
    if Console().is_jupyter:
        return NotebookProgress(title)
    return LiveProgress(title) if is_terminal() else PlainProgress(title)


def is_terminal() -> bool:
    """Whether something can be drawn again and again at the end of standard error."""
    return sys.stderr.isatty() and not Console(stderr=True).is_dumb_terminal


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


class Seldom:
    """Says when a line is due where lines stay: often at first, then ever more rarely."""

    def __init__(self) -> None:
        self._start = self._next = time.monotonic()

    def is_due(self) -> bool:
        """Whether to show a line now."""
        now = time.monotonic()
        due = now >= self._next
        if due:
            self._next = now + max(PLAIN_INTERVAL_S, RARER * (now - self._start))
        return due


class PlainProgress(SilentProgress):
    """A line now and then."""

    silent = False

    def __init__(self, title: str) -> None:
        self._title, self._seldom = title, Seldom()

    def update(self, done: float, row: Row) -> None:
        """Print a line if the last one is some seconds old."""
        if self._seldom.is_due():
            shown = "  ".join(f"{name} {value}" for name, value in figures(row))
            self.note(f"{self._title}  {100 * done:3.0f} %  {shown}")

    def note(self, text: str) -> None:
        """Print the line."""
        try:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
        except OSError:
            self.unread = True


class OnTerminal:
    """Something that is drawn again and again at the end of a terminal; a context manager.

    It is gone when that ends, however it ends.
    """

    def __init__(self) -> None:
        self._live = Live(console=Console(stderr=True), refresh_per_second=5, transient=True)

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
        self._live.update(Drawn(self._title, done, row))

    def note(self, text: str) -> None:
        """Print the line above the bar."""
        try:
            self._live.console.print(text, highlight=False, markup=False)
        except OSError:
            self.unread = True


class NotebookProgress(SilentProgress):
    """The figures as plain text, in one place of the output of a notebook's cell."""

    silent = False

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown: Any = None
        self._next = 0.0

    def update(self, done: float, row: Row) -> None:
        """Write them anew if the last ones are a second old."""
        from IPython.display import display

        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + NOTEBOOK_INTERVAL_S
        head = f"{self._title}  {100 * done:.0f} %"
        below = (text_of(line).plain for line in lines(figures(row), NOTEBOOK_COLUMNS))
        bundle = {"text/plain": "\n".join((head, *below))}
        if self._shown is None:
            self._shown = display(bundle, raw=True, display_id=True)
        else:
            self._shown.update(bundle, raw=True)

    def note(self, text: str) -> None:
        """Print the line below the figures."""
        sys.stdout.write(text + "\n")


class Drawn:
    """A run as it is drawn: its title, a bar, and figures in as many lines as they need."""

    def __init__(self, title: str, done: float, row: Row) -> None:
        self._title, self._done, self._row = title, done, row

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        yield Text(self._title, "bold", no_wrap=True, overflow="ellipsis")
        yield bar(self._done, width)
        yield from map(text_of, lines(figures(self._row), width))
