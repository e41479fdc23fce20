"""A controller live in the browser, in the pictures of its own environment."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

import jinja2

from robo_ddpg.errors import SettingsError
from robo_ddpg.interruption import Interruption
from robo_ddpg.viewer.origin import ADDRESS
from robo_ddpg.viewer.page_server import PageServer
from robo_ddpg.viewer.player import SPEEDS, LivePictures, Player
from robo_ddpg.viewer.screen import Screen

FIRST_PORT = 8080
TRIED_PORTS = 100
"""Ports tried from the first one on, where none is asked for."""
PAUSE_S = 0.005
"""Between turns; the threads that serve need the interpreter [s]."""


def watch(live: LivePictures, *, port: int = 0, stop: Callable[[], bool] = lambda: False) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Args:
        live: the controller at work; it is closed in the end.
        port: of the page; 0 takes the first free one from 8080 on.
        stop: asked between turns.

    Raises:
        SettingsError: the port is taken.
        EnvironmentFailure: the environment failed.
    """
    player, screen = Player(live), Screen()
    with contextlib.closing(live), Interruption() as interruption:
        screen.show(live.jpeg(), player.status())
        with _serving(port, _page(live.task), screen, player.order) as server:
            _say_where(live.task, server.server_address[1])
            while not (stop() or interruption.requested):
                if player.turn():
                    screen.show(live.jpeg(), player.status())
                time.sleep(PAUSE_S)


@contextlib.contextmanager
def _serving(
    port: int, page: str, screen: Screen, order: Callable[[str], bool]
) -> Iterator[PageServer]:
    with _server(port, page.encode(), screen, order) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def _server(port: int, page: bytes, screen: Screen, order: Callable[[str], bool]) -> PageServer:
    """On the port, or on the first free one."""
    last = port or FIRST_PORT + TRIED_PORTS - 1
    for candidate in range(port or FIRST_PORT, last + 1):
        try:
            return PageServer(candidate, page, screen, order)
        except OSError as error:
            if candidate == last:
                raise SettingsError(
                    f"the viewer cannot start: port {candidate}: {error.strerror}"
                ) from None
    raise AssertionError("there is a last port")


def _say_where(task: str, port: int) -> None:
    """As MuJoCo's viewer does."""
    sys.stdout.write(f"{task} live at\n  Local:  http://{ADDRESS}:{port}/\nCtrl+C to quit\n")
    sys.stdout.flush()


def _page(task: str) -> str:
    loader = jinja2.PackageLoader("robo_ddpg.viewer")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("pictures.html").render(task=task, speeds=SPEEDS)
