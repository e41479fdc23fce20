"""What a page asks for and is told, between the threads that serve and the one that simulates."""

import queue
import threading
from typing import Any

MOST_ORDERS = 64
"""Orders that wait; further ones are lost."""


class Desk:
    """Takes orders, and holds what is to be told."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        """The latest, JSON-compatible; replaced as a whole."""
        self.seen = threading.Event()
        """Whether a page has begun to show the scene."""
        self._orders: queue.Queue[str] = queue.Queue(MOST_ORDERS)

    def order(self, word: str) -> None:
        """Ask for something; what it means is found out later."""
        if not self._orders.full():
            self._orders.put(word)

    def orders(self) -> list[str]:
        """What was asked for since the last time."""
        return [self._orders.get() for _ in range(self._orders.qsize())]
