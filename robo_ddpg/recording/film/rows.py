"""What the panel beside a picture says, row by row: what happens in an episode, in words."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robo_ddpg.recording.film.scene import Moment, Scene
from robo_ddpg.rendering.lettering import AMBER, BLUE, FAINT, GREEN, RED, TEXT, Colour
from tasks.arrays import Array
from tasks.commands import Command, Point
from tasks.quantities import Measure

Said = tuple[str, Colour]

_EFFORTS = {"requested": AMBER, "applied": GREEN}
"""Beginnings of the names of `Drive.efforts`."""


@dataclass(frozen=True)
class Row:
    """A label, and a value or a bar beside it."""

    rank: int
    """Rows of high rank are left out where there is no room."""
    label: str = ""
    value: Callable[[Moment], Said] = lambda _: ("", TEXT)
    bar: Callable[[Moment], float] | None = None
    """From 0 to 1."""
    colour: Colour = TEXT
    """Of the label, or of the bar."""


def rows_of(scene: Scene, speed: float) -> list[Row]:
    """All there is to say of an episode, in order."""
    return [
        *_state(scene, speed),
        *_commands(scene),
        *_quantities(scene),
        *_safety(scene),
        *_reward(scene),
        *_efforts(scene),
    ]


def _state(scene: Scene, speed: float) -> Iterator[Row]:
    yield Row(0, scene.title)
    playing = "" if speed == 1 else f" ×{speed:g}"  # noqa: RUF001
    yield Row(1, "time" + playing, lambda moment: _time(moment, speed))
    yield Row(1, "return", lambda moment: (f"{moment.total:.1f}", TEXT))
    yield Row(0, "", lambda moment: outcome(moment, scene.words.solved, scene.words.failed))


def _time(moment: Moment, speed: float) -> Said:
    """The time, and how slow it passes where the film is slower than elsewhere."""
    time = f"{moment.seconds:.2f} s"
    if moment.pace == 1.0:
        return time, TEXT
    return f"slow ×{speed * moment.pace:.2g}   {time}", AMBER  # noqa: RUF001


def outcome(moment: Moment, solved: str, failed: str) -> Said:
    """How an episode stands, in words; where success is not reported, whether it ended early.

    Args:
        moment: where it is.
        solved: what success means.
        failed: what ends episodes before their time.
    """
    if moment.success:
        return f"✓ {solved}", GREEN
    if moment.terminated:
        return (failed, AMBER) if moment.success is None else (f"✗ {failed}", RED)
    if moment.success is None:
        return "", TEXT
    return ("✗ not solved", RED) if moment.last else ("not solved yet", FAINT)


def _commands(scene: Scene) -> Iterator[Row]:
    """The parts of commands one by one; the coordinates of places belong together."""
    for name, values in scene.told.commands.items():
        command = scene.words.commanded.get(name, Command(name.replace("_", " ")))
        parts = command.parts or (command.what,)
        if isinstance(command, Point):
            yield Row(2, command.what, _shown(command, values), colour=GREEN)
            continue
        units = command.unit.split(", ")
        for k, part in enumerate(parts):
            one = replace(command, unit=units[k % len(units)])
            yield Row(2, f"asked {part}", _shown(one, values[:, [k]]), colour=GREEN)


def _quantities(scene: Scene) -> Iterator[Row]:
    metrics = scene.told.metrics
    for place, name in enumerate(name for name in metrics if not _effort(name)):
        measure = scene.words.measured.get(name, Measure(name.replace("_", " ")))
        yield Row(3 if place == 0 else 6, measure.what, _after_steps(measure, metrics[name]))


def _safety(scene: Scene) -> Iterator[Row]:
    safety = scene.told.safety

    def said(moment: Moment) -> Said:
        k = moment.step - 1
        altered = [name for name, sizes in safety.items() if k >= 0 and sizes[k] > 0]
        if not altered:
            return "idle", FAINT
        more = f" +{len(altered) - 1}" if len(altered) > 1 else ""
        return altered[0].replace("_", " ").removeprefix("joint ") + more, AMBER

    if safety:
        yield Row(4, "safety filter", said)


def _reward(scene: Scene) -> Iterator[Row]:
    terms = scene.told.reward_terms
    if terms:
        yield Row(5, "reward", lambda moment: (f"{moment.reward:.2f}", TEXT), colour=FAINT)
    for name, values in terms.items():
        yield Row(5, name.replace("_", " "), bar=_bar(values, 1.0), colour=BLUE)


def _efforts(scene: Scene) -> Iterator[Row]:
    """The requested and the applied motion, as shares of the most."""
    efforts = {kind: v for name, v in scene.told.metrics.items() if (kind := _effort(name))}
    most = max((float(np.max(values)) for values in efforts.values()), default=0.0)
    if most > 0:
        for kind, values in efforts.items():
            yield Row(7, f"motion {kind}", bar=_bar(values, most), colour=_EFFORTS[kind])


def _effort(name: str) -> str:
    """Which effort a metric says; empty if none."""
    return next((kind for kind in _EFFORTS if name.startswith(f"{kind}_")), "")


def _bar(values: Sequence[float], full: float) -> Callable[[Moment], float]:
    return lambda moment: float(values[moment.step - 1]) / full if moment.step else 0.0


def _after_steps(measure: Measure, values: Sequence[float]) -> Callable[[Moment], Said]:
    """A quantity that is known after each step, but not before the first."""

    def said(moment: Moment) -> Said:
        return (reading(measure, values[moment.step - 1 : moment.step], values), TEXT)

    return lambda moment: said(moment) if moment.step else ("", TEXT)


def _shown(command: Command, values: Array) -> Callable[[Moment], Said]:
    return lambda moment: (reading(command, values[moment.step], values), GREEN)


def reading(measure: Measure, now: Sequence[float], all_values: Sequence[float] | Array) -> str:
    """Values with their unit, lengths in centimetres.

    Args:
        measure: what they are.
        now: the values, (k,).
        all_values: of the whole episode: they say how many decimals there are throughout.
    """
    scale, unit = (100.0, "cm") if measure.unit == "m" else (1.0, measure.unit)
    most = scale * float(np.max(np.abs(all_values), initial=0.0))
    digits = math.floor(math.log10(most)) if most > 0 else 0
    whole = bool(np.all(np.mod(all_values, 1.0) == 0.0))
    decimals = 0 if whole else max(2 - max(digits, 0), 0)
    numbers = ", ".join(f"{scale * value + 0.0:.{decimals}f}" for value in now)
    return f"{numbers} {unit}".rstrip()
