"""What is shown of a run while it goes on: names, values, and how they fit into a line."""

from collections.abc import Callable, Iterator, Sequence

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from robo_ddpg.runs.tables import Row

Figure = tuple[str, str]
"""A name and a value."""
GAP = 3
"""Columns between figures."""
WIDEST = 100
"""Columns of a bar with its percentage."""


def figures(row: Row) -> list[Figure]:
    """Names and values to show, what is not known left out.

    Args:
        row: metrics, and `elapsed_s`, `left_s` and `evaluating_s`, the time in an evaluation [s].
    """
    shown: tuple[tuple[str, str | None], ...] = (
        ("elapsed", _told(row, "elapsed_s", duration)),
        ("left", _told(row, "left_s", duration)),
        ("evaluating", _told(row, "evaluating_s", duration)),
        ("transitions", _told(row, "transitions", "{:,.0f}".format)),
        ("steps/s", _told(row, "steps_per_s", "{:,.0f}".format)),
        ("updates/s", _told(row, "updates_per_s", "{:,.0f}".format)),
        ("return", _told(row, "episode_return", "{:.2f}".format)),
        ("success", _told(row, "episode_success", "{:.0%}".format)),
        ("evaluated", _told(row, "evaluation_success", "{:.1%}".format)),
        ("critic loss", _told(row, "critic_loss", "{:.3g}".format)),
        ("Q", _told(row, "q", "{:.3g}".format)),
    )
    return [(name, value) for name, value in shown if value is not None]


def duration(seconds: float) -> str:
    """A time span in its largest units, such as `1 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _told(row: Row, key: str, form: Callable[[float], str]) -> str | None:
    value = row.get(key)
    return None if value is None else form(value).replace("%", " %")


def lines(found: Sequence[Figure], width: int) -> Iterator[list[Figure]]:
    """Figures in lines of so many columns at most; none is broken."""
    line: list[Figure] = []
    for figure in found:
        if line and width_of([*line, figure]) > width:
            yield line
            line = []
        line.append(figure)
    if line:
        yield line


def width_of(line: Sequence[Figure]) -> int:
    """Columns of a line."""
    return sum(len(name) + 1 + len(value) for name, value in line) + GAP * (len(line) - 1)


def text_of(line: Sequence[Figure]) -> Text:
    """A line, with its names dimmed."""
    cells = (Text.assemble((name, "dim"), f" {value}") for name, value in line)
    return Text(" " * GAP, no_wrap=True, overflow="ellipsis").join(cells)


def bar(done: float, width: int) -> Table:
    """A bar with its percentage."""
    grid = Table.grid()
    grid.add_row(
        ProgressBar(total=1.0, completed=done, width=max(min(width, WIDEST) - 6, 1)),
        f" {100 * done:3.0f} %",
    )
    return grid
