"""A controller live in an environment that draws itself: played in real time, on orders."""

import queue
import time
from collections.abc import Callable
from typing import Any

from robo_ddpg.viewer.pictures.live_pictures import LivePictures

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the playback, in times of reality."""
ORDERS = (
    *("pause", "play", "step", "again", "next", "film", "cut"),
    *(f"speed/{speed:g}" for speed in SPEEDS),
)
"""What may be asked for, besides `use/0` and so on."""
MOST_ORDERS = 16
"""Orders that wait; further ones are lost."""
VERDICT_S = 0.7
"""The end of an episode stays for so long [s]."""
LEAST_S = 1 / 60
"""Time between pictures at least; steps between are not shown [s]."""
LATE_S = 0.5
"""What is later than this, or would take longer, is not caught up [s]."""


class Player:
    """Plays in real time, times a speed; obeys orders that other threads give."""

    def __init__(self, live: LivePictures, clock: Callable[[], float] = time.monotonic) -> None:
        self._live, self._clock = live, clock
        self.paused, self.speed = False, 1.0
        self._orders: queue.Queue[str] = queue.Queue(MOST_ORDERS)
        self._shown_s = clock()

    def order(self, word: str) -> bool:
        """Ask for one of `ORDERS`, or for a controller; returns whether there is such a thing."""
        if word not in (*ORDERS, *(f"use/{i}" for i in range(self._live.count))):
            return False
        if not self._orders.full():
            self._orders.put(word)
        return True

    def turn(self) -> bool:
        """Obey, and advance as far as is due; returns whether there is something new to show."""
        obeyed = False
        while not self._orders.empty():
            self._obey(self._orders.get())
            obeyed = True
        if obeyed or self.paused:
            self._shown_s = self._clock()
            return obeyed
        return self._catch_up()

    def status(self) -> dict[str, Any]:
        """What there is to say beside the picture, as JSON-compatible values."""
        live, moment = self._live, self._live.moment
        ending = "terminated" if moment.terminated else "time is up"
        return {
            "episode": live.episode,
            "seed": live.seed,
            "step": moment.step,
            "seconds": moment.seconds,
            "reward": moment.reward,
            "return": moment.total,
            "success": moment.success,
            "ending": ending if moment.last else None,
            "using": live.using,
            "paused": self.paused,
            "speed": self.speed,
        }

    def _obey(self, word: str) -> None:
        name, _, value = word.partition("/")
        if name == "speed":
            self.speed = float(value)
        elif name == "film":
            self._live.film.start()
        elif name == "cut":
            self._live.film.stop()
        elif name == "use":
            self._live.use(int(value))
        elif name == "again":
            self._live.start_again()
        elif name == "next":
            self._live.start_next()
        else:
            self.paused = name != "play"
            if name == "step":
                self._live.advance()

    def _catch_up(self) -> bool:
        now, live = self._clock(), self._live
        waited, period = now - self._shown_s, live.frame_s / self.speed
        if live.moment.last:
            return waited >= VERDICT_S and self._advance(1)
        if waited < max(period, LEAST_S):
            return False
        due, most = int(waited / period), max(1, int(LATE_S / period))
        self._shown_s += due * period
        return self._advance(min(due, most))

    def _advance(self, steps: int) -> bool:
        """Take steps, fewer if that takes too long or the episode ends."""
        start = self._clock()
        for _ in range(steps):
            self._live.advance()
            now = self._clock()
            if self._live.moment.step == 0 or self._live.moment.last or now > start + LATE_S:
                self._shown_s = now
                break
        return True
