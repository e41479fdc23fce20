"""Calls in a thread that nobody has to wait for, not even the end of the process."""

import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

PYTHON = sys.stdlib_module_names
"""Names of Python's own modules."""

Call = tuple[Future[Any], Callable[[], Any]]


class Background:
    """Does one call after the other in a thread of its own.

    The threads of `concurrent.futures` would do, were they not joined when the process ends: one
    that is stuck would keep it from ending.
    """

    def __init__(self) -> None:
        """Start the thread; it ends with this object."""
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._thread = threading.Thread(target=_serve, args=(self._calls,), daemon=True)
        self._thread.start()
        weakref.finalize(self, self._calls.put, None)

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Have a call done as soon as those before it are."""
        future: Future[Any] = Future()
        self._calls.put((future, call))
        return future

    def where(self) -> str:
        """File and line that the thread is at, outside Python's own modules where it can be."""
        frame = sys._current_frames().get(self._thread.ident or 0)
        lines = [
            (f"{inner.f_code.co_filename}:{line}", inner.f_globals.get("__name__", ""))
            for inner, line in traceback.walk_stack(frame)
        ]
        foreign = [at for at, module in lines if module.split(".")[0] not in PYTHON]
        return foreign[0] if foreign else "its thread"


def _serve(calls: "SimpleQueue[Call | None]") -> None:
    while (asked := calls.get()) is not None:
        future, call = asked
        try:
            future.set_result(call())
        except BaseException as error:  # SystemExit, too, is for the one who asked
            future.set_exception(error)
        del asked, future, call  # nothing is kept alive while waiting for more
