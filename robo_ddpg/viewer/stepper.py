"""The live controller in MuJoCo's viewer: in real time, and as a page orders."""

import contextlib
import dataclasses
import time
from typing import Any

import mujoco
from mujoco.studio import messages, plugin

from robo_ddpg.runs.quantities import measure_of
from robo_ddpg.viewer.desk import Desk
from robo_ddpg.viewer.live import LiveController
from robo_ddpg.viewer.live_film import LiveFilm, state_of
from robo_ddpg.viewer.pictures.player import SPEEDS

_LATE_S = 0.5
"""A simulation that is later than this does not try to catch up [s]."""


class Stepper(plugin.SimPlugin):  # type: ignore[misc] # mujoco has no annotations
    """Advances the live controller, and obeys; stands still until somebody looks."""

    def __init__(self, live: LiveController, desk: Desk, film: LiveFilm) -> None:
        self._live, self._desk, self._film = live, desk, film
        self._paused, self._speed = False, 1.0
        self._due = time.monotonic()
        self._tell()

    @messages.handler  # type: ignore[untyped-decorator]
    def on_step(self, event: messages.StepEvent) -> None:
        """Obey, which may change the scene, and show a frame once it is due."""
        for word in self._desk.orders():
            with contextlib.suppress(ValueError, IndexError):  # a page of another version
                self._obey(*word.split("/"))
        now = time.monotonic()
        if self._paused or not self._desk.seen.is_set() or now < self._due:
            time.sleep(0.002)  # the viewer's threads need the interpreter
        else:
            if now - self._due > _LATE_S:
                self._due = now
            self._due += self._live.frame_s / self._speed
            self._advance(self.handle.data)
        self._tell()

    @messages.handler  # type: ignore[untyped-decorator]
    def on_reset(self, event: messages.ResetEvent) -> bool:
        """The viewer's own reset."""
        self._restart()
        return True

    def _obey(self, name: str, *values: str) -> None:
        """Do what an order says.

        Raises:
            ValueError: there is no such order.
            IndexError: there is nothing of that number.
        """
        live, data = self._live, self.handle.data
        match name, *values:
            case ["pause" | "play"]:
                self._paused = name == "pause"
            case ["step"]:
                self._paused = True
                self._advance(data)
            case ["next"]:
                self._restart()
            case ["speed", value] if float(value) in SPEEDS:
                self._speed = float(value)
            case ["ask", axis, value] if abs(float(value)) < float("inf"):
                live.ask(int(axis), float(value), data)
            case ["nudge", axis, "1" | "-1" as way]:
                live.nudge(int(axis), int(way), data)
            case ["rest"]:
                live.rest(data)
            case ["push", direction]:
                live.push(int(direction))
            case ["wind"]:
                live.forces.wind = not live.forces.wind
            case ["use", index]:
                live.use(int(index))
            case ["film"]:
                self._film.start()
            case ["cut"]:
                self._film.stop()
            case _:
                raise ValueError(f"no order: {name}")

    def _advance(self, data: mujoco.MjData) -> None:
        episode = self._live.episode
        self._live.frame(data)
        if self._live.episode != episode:
            self._film.stop()
        self._film.take(lambda: state_of(self._live.model, data))
        self._follow()

    def _restart(self) -> None:
        self._film.stop()
        self._live.restart()
        self._live.show(self.handle.data)
        self._follow()

    def _follow(self) -> None:
        """Give the viewer the scene of a new episode, if that is another one."""
        if self.handle.model is not self._live.model:
            data = mujoco.MjData(self._live.model)
            self._live.show(data)
            self.handle.set_model(self._live.model, data=data)

    def _tell(self) -> None:
        status = self._live.status
        playing: dict[str, Any] = {
            "paused": self._paused,
            "speed": self._speed,
            "using": self._live.using,
            "wind": self._live.forces.wind,
            "film": self._film.status,
        }
        measures = self._live.quantities
        metrics = {
            name: (measure.what, value, measure.unit)
            for name, value in status.metrics.items()
            for measure in (measures.get(name) or measure_of(name),)
        }
        self._desk.told = dataclasses.asdict(status) | {"metrics": metrics} | playing
