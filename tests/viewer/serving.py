"""The viewer in a process and on a port of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_port() -> Iterator[int]:
    """A port that no other process is given meanwhile."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("", 0))
        port = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()  # only Linux lets others listen on a port that is held
        yield port


@contextmanager
def python(*arguments: str, **streams: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that ends when the test does."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, text=True, **streams) as child:  # type: ignore[call-overload]
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def watch(
    *program: str, controller: str = "reach", host: str = "127.0.0.1"
) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """`watch`, which has just printed its address; its port and its process.

    Args:
        program: what comes before `watch` in a Python command line.
        controller: what is watched.
        host: address to listen on.
    """
    words = ("watch", controller, "--host", host, "--port")
    with (
        own_port() as port,
        python(*program, *words, str(port), stdout=subprocess.PIPE) as child,
    ):
        assert child.stdout
        assert any("Local:" in line for line in child.stdout), "it ended without an address"
        yield port, child
