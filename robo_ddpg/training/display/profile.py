"""What each thread of a training did with its time, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from robo_ddpg.process.stopwatch import LEARNER, PHYSICS, Spent, Stopwatch

HEAD = ("thread", "does", "calls", "time", "share", "on a core", "per call")
_REST = {LEARNER: "the rest", PHYSICS: "idle"}


@dataclass(frozen=True)
class Part:
    """One line of the table."""

    thread: str
    what: str
    spent: Spent


def table(watch: Stopwatch) -> str:
    """The table: times by the clock, their share of the whole, and what of them was on a core."""
    clock_s, processor_s = watch.total()
    rows = [HEAD, *(_cells(part, clock_s) for part in parts(watch))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    known = sum(spent.processor_s for spent in watch.spent.values())
    end = (
        f"{clock_s:.1f} s by the clock; {processor_s:.1f} s on the cores, "
        f"{processor_s - known:.1f} s of it by nobody above"
    )
    return "\n".join((*lines, end))


def parts(watch: Stopwatch) -> Iterator[Part]:
    """What each thread did, the longest first, and what is left of its time."""
    clock_s, _ = watch.total()
    for thread, rest in _REST.items():
        own = [Part(*key, spent) for key, spent in watch.spent.items() if key[0] == thread]
        yield from sorted(own, key=lambda part: -part.spent.clock_s)
        left = clock_s - sum(part.spent.clock_s for part in own)
        yield Part(thread, rest, Spent(0, max(left, 0.0)))


def _cells(part: Part, total_s: float) -> tuple[str, ...]:
    spent = part.spent
    cells = part.thread, part.what, f"{spent.calls or ''}", f"{spent.clock_s:.2f} s"
    share = f"{spent.clock_s / total_s:.1%}"
    if spent.calls == 0:
        return (*cells, share, "", "")
    on_a_core = f"{spent.processor_s / max(spent.clock_s, 1e-9):.0%}"
    return (*cells, share, on_a_core, f"{1e3 * spent.clock_s / spent.calls:.3f} ms")
