"""Who steps environments: this thread, another one, or a process of any interpreter."""

import json
import os
import select
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from robo_ddpg.envs.background import Background
from robo_ddpg.envs.foreign import worker
from robo_ddpg.errors import EnvironmentFailure

PATIENCE_S = 600.0
"""A process that does not answer for this long is ended; steps and resets are given less time by
`GuardedEnvironment` [s]."""


class Hand(Protocol):
    """Obeys the commands of `worker.Server`, one at a time."""

    def begin(self, command: str, **arguments: Any) -> None:
        """Ask for something; `worker.COMMANDS` says what there is."""

    def end(self) -> Any:
        """Wait until it is done; returns the result.

        Raises:
            EnvironmentFailure: the environment raised an exception elsewhere, hangs, or died.
        """

    def close(self) -> None:
        """Free everything."""


class Here:
    """Environments of this process, stepped in the background, or by whoever waits for the end."""

    def __init__(self, background: Background | None = None) -> None:
        self._background = background
        self.server = worker.Server()
        self._asked: tuple[str, dict[str, Any]] | None = None
        self._future: Future[Any] | None = None

    def begin(self, command: str, **arguments: Any) -> None:
        """Ask for something."""
        if self._background is None:
            self._asked = command, arguments
        else:
            self._future = self._background.submit(lambda: self.server.obey(command, arguments))

    def end(self) -> Any:
        """Do it now, or wait for the background."""
        if self._future is not None:
            return self._future.result()
        assert self._asked is not None
        return self.server.obey(*self._asked)

    def close(self) -> None:
        """Free the environments."""
        if self.server.made:
            self.server.obey("close", {})


class Process:
    """Environments in a process of their own, of this interpreter or of another."""

    def __init__(self, python: str = sys.executable) -> None:
        """Start it.

        Args:
            python: the interpreter; it needs Gymnasium and NumPy, nothing of this package.

        Raises:
            EnvironmentFailure: it cannot be started.
        """
        self.python = python
        try:
            self._process = subprocess.Popen(
                [python, str(Path(worker.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        except OSError as error:
            raise EnvironmentFailure(
                f"{python} cannot be started: {error.strerror}; name the interpreter of an "
                "environment, such as other/bin/python"
            ) from None
        self._received = b""
        self._command = "make"

    def begin(self, command: str, **arguments: Any) -> None:
        """Send a command."""
        self._command = command
        line = json.dumps({"command": command, "arguments": arguments}).encode() + b"\n"
        left, stdin = memoryview(line), self._process.stdin
        assert stdin is not None
        try:
            while left:  # a signal may cut a long one short
                left = left[stdin.write(left) :]
        except BrokenPipeError:
            self._fail()

    def end(self) -> Any:
        """Wait for the answer."""
        due = time.monotonic() + PATIENCE_S
        answer = json.loads(self._line(due))
        if "error" in answer:
            raise _failure(answer["error"])
        if "array" not in answer:
            return answer["result"]
        form = answer["array"]
        array = np.empty(form["shape"], form["dtype"])
        return np.frombuffer(self._bytes(array.nbytes, due), array.dtype).reshape(array.shape)

    def close(self) -> None:
        """End it; it has a moment to close its environments."""
        if self._process.poll() is None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                self._process.wait(timeout=2.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _line(self, due: float) -> bytes:
        while b"\n" not in self._received:
            self._receive(due)
        line, _, self._received = self._received.partition(b"\n")
        return line

    def _bytes(self, count: int, due: float) -> bytes:
        while len(self._received) < count:
            self._receive(due)
        data, self._received = self._received[:count], self._received[count:]
        return data

    def _receive(self, due: float) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], max(due - time.monotonic(), 0.0))
        if not ready:
            self._process.kill()
            raise EnvironmentFailure(
                f"the environments in {self.python} did not answer {self._command!r} for "
                f"{PATIENCE_S:g} s; they were ended"
            )
        data = os.read(stdout.fileno(), 1 << 20)
        if not data:
            self._fail()
        self._received += data

    def _fail(self) -> None:
        code = self._process.wait()
        raise EnvironmentFailure(
            f"the process {self.python} of the environments ended by itself with exit code {code} "
            f"at {self._command!r}; what it printed says why (Gymnasium and NumPy must be there)"
        )


class _RemoteTraceback(Exception):  # noqa: N818 - no error, but what is shown of one
    """The traceback of an exception in another process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _failure(told: dict[str, str]) -> EnvironmentFailure:
    where = f"{told['moment']}: " if told["moment"] else ""
    if told["kind"] == worker.Misfit.__name__:
        return EnvironmentFailure(where + told["text"])
    failure = EnvironmentFailure(f"{where}{told['kind']}: {told['text']}")
    failure.__cause__ = _RemoteTraceback(told["traceback"])
    return failure
