"""Calls in a thread that nobody has to wait for, not even the end of the process."""

import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

Call = tuple[Future[Any], Callable[[], Any]]

THREAD = "robo_ddpg"
"""Name of the threads."""


class Background:
    """Does one call after the other in a thread of its own.

    The threads of `concurrent.futures` would do, were they not joined when the process ends: one
    that is stuck would keep it from ending.
    """

    def __init__(self) -> None:
        """Start the thread; it ends with this object."""
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        threading.Thread(target=_serve, args=(self._calls,), name=THREAD, daemon=True).start()
        weakref.finalize(self, self._calls.put, None)

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Have a call done as soon as those before it are."""
        future: Future[Any] = Future()
        self._calls.put((future, call))
        return future


def _serve(calls: "SimpleQueue[Call | None]") -> None:
    while (asked := calls.get()) is not None:
        future, call = asked
        try:
            future.set_result(call())
        except BaseException as error:  # SystemExit, too, is for the one who asked
            future.set_exception(error)
        del asked, future, call  # nothing is kept alive while waiting for more


def where_they_are() -> str:
    """File and line outside this package and Python's own that one of the threads is at."""
    frames = sys._current_frames()
    for thread in reversed(threading.enumerate()):  # one that hung before stays where it is
        if thread.name != THREAD or thread.ident not in frames:
            continue
        for frame, line in traceback.walk_stack(frames[thread.ident]):
            package = str(frame.f_globals.get("__name__")).split(".")[0]
            if package not in (*sys.stdlib_module_names, THREAD):
                return f"{frame.f_code.co_filename}:{line}"
    return "an unknown place"
