"""Several runs at once on this machine, each in a process of its own."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import IO, Any

from robo_ddpg.errors import SettingsError
from robo_ddpg.many.seeds.engine import Watcher
from robo_ddpg.many.seeds.job import Job, module_path
from robo_ddpg.process.interruption import Interruption
from robo_ddpg.process.processors import available_processors

MOST_LETTERS = 300
"""Of the end of what a process that died wrote, which is shown."""
LOOK_EVERY_S = 0.2
"""How often it is asked whether to stop [s]."""


def at_once(jobs: int, wanted: int | None = None) -> int:
    """How many runs are made at once: one per processor, if not so many are wanted.

    A training keeps one processor busy and a second one half of the time, so that as many trainings
    as processors get the most out of them.

    Raises:
        SettingsError: it is wanted that there be none.
    """
    if wanted is not None and wanted < 1:
        raise SettingsError(f"jobs must be positive, got {wanted}")
    return min(jobs, wanted or available_processors())


def run_side_by_side(
    jobs: Sequence[Job],
    watcher: Watcher,
    wanted: int | None = None,
    stop: Callable[[int], bool] = lambda _: False,
) -> list[str | None]:
    """Make runs, as many at once as processors serve; the failure of one does not touch others.

    In the main thread Ctrl-C, SIGTERM and SIGHUP end them in good order: each is saved, and none is
    begun any more. If this process is killed they notice, and do the same.

    Args:
        jobs: the runs.
        watcher: is told how each goes.
        wanted: how many at once, at most.
        stop: asked about each run that is made whether it is to be killed.

    Returns:
        What went wrong with each; None for those in good order, or that were not begun.
    """
    return _Side(jobs, watcher, at_once(len(jobs), wanted), stop).run()


class _Side:
    """The processes that are running."""

    def __init__(
        self,
        jobs: Sequence[Job],
        watcher: Watcher,
        count: int,
        stop: Callable[[int], bool],
    ) -> None:
        self._jobs, self._watcher, self._count, self._stop = jobs, watcher, count, stop
        self._threads = max(1, available_processors() // max(count, 1))
        self._running: dict[int, _Worker] = {}
        self._pipes = selectors.DefaultSelector()
        self._errors: list[str | None] = [None] * len(jobs)

    def run(self) -> list[str | None]:
        waiting = list(range(len(self._jobs)))
        told = False
        with Interruption() as interruption:
            try:
                while self._running or (waiting and not interruption.requested):
                    while waiting and len(self._running) < self._count and not told:
                        self._begin(waiting.pop(0))
                    self._listen()
                    if interruption.requested and not told:
                        told = True
                        self._signal(signal.SIGTERM)
            finally:
                self._signal(signal.SIGKILL)
        return self._errors

    def _begin(self, index: int) -> None:
        silent = self._watcher.silent or index > 0
        worker = _Worker(self._jobs[index], self._threads, silent=silent)
        self._running[index] = worker
        self._pipes.register(worker.pipe, selectors.EVENT_READ, index)

    def _listen(self) -> None:
        """Pass on what the runs say; one that says no more has ended."""
        for key, _ in self._pipes.select(LOOK_EVERY_S):
            line = self._running[key.data].pipe.readline()
            if line:
                self._pass_on(key.data, json.loads(line))
            else:
                self._end(key.data)

    def _pass_on(self, index: int, message: dict[str, Any]) -> None:
        if "note" in message:
            self._watcher.note(index, message["note"])
        elif "error" in message:
            self._errors[index] = message["error"]
        else:
            self._watcher.update(index, message["done"], message["row"])
            if self._stop(index):
                self._running[index].process.kill()

    def _end(self, index: int) -> None:
        worker = self._running.pop(index)
        self._pipes.unregister(worker.pipe)
        error = worker.last_words()
        if self._errors[index] is None and not self._stop(index):
            self._errors[index] = error
        self._watcher.ended(index, self._errors[index])

    def _signal(self, number: signal.Signals) -> None:
        for worker in self._running.values():
            worker.process.send_signal(number)


class _Worker:
    """A process that makes a run."""

    def __init__(self, job: Job, threads: int, *, silent: bool) -> None:
        reader, writer = os.pipe()
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in last_words
        self.process = subprocess.Popen(
            [sys.executable, "-m", "robo_ddpg.many.seeds.worker", str(writer)],
            stdin=subprocess.PIPE,
            stdout=self._said,
            stderr=self._said,
            pass_fds=[writer],
            start_new_session=True,  # Ctrl-C reaches it through this process alone
            env={**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": module_path()},
        )
        os.close(writer)
        # Unbuffered: what lies in a buffer would wait until the next line makes the pipe readable.
        self.pipe = os.fdopen(reader, "rb", buffering=0)
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.process.stdin as order:
            order.write(json.dumps(job.to_json() | {"silent": silent}).encode())

    def last_words(self) -> str | None:
        """Wait for its end; None if it was in good order, otherwise why it was not."""
        self.pipe.close()
        code = self.process.wait()
        with self._said as said:
            said.seek(0)
            text = said.read().decode(errors="replace")
        if code == 0:
            return None
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        words = " ".join(text.split())[-MOST_LETTERS:]
        return f"its process was {how}" if code < 0 else f"its process {how}: {words}"
