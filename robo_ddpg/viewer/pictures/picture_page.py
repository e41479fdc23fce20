"""A controller live in the browser, in the pictures of its own environment."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import jinja2

from robo_ddpg.errors import SettingsError
from robo_ddpg.process.interruption import Interruption
from robo_ddpg.viewer.live_film import LiveFilm
from robo_ddpg.viewer.origin import ADDRESS
from robo_ddpg.viewer.pictures.live_pictures import LivePictures
from robo_ddpg.viewer.pictures.page_server import PageServer
from robo_ddpg.viewer.pictures.player import SPEEDS, Player
from robo_ddpg.viewer.pictures.screen import Screen

FIRST_PORT = 8080
TRIED_PORTS = 100
"""Ports tried from the first one on, where none is asked for."""
PAUSE_S = 0.005
"""Between turns; the threads that serve need the interpreter [s]."""


def watch(
    live: LivePictures,
    *,
    port: int = 0,
    host: str = ADDRESS,
    names: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Args:
        live: the controllers at work; it is closed in the end.
        port: of the page; 0 takes the first free one from 8080 on.
        host: address to listen on.
        names: what the controllers are called.
        stop: asked between turns.

    Raises:
        SettingsError: the port is taken, or there is no such address here.
        EnvironmentFailure: the environment failed.
    """
    player, screen = Player(live), Screen()
    with contextlib.closing(live), Interruption() as interruption:
        screen.show(live.jpeg(), player.status())
        address = (host, port)
        page = _page(live.task, names)
        with _serving(address, page, screen, player.order, live.film) as server:
            _say_where(live.task, host, server.server_address[1])
            while not (stop() or interruption.requested):
                if player.turn():
                    screen.show(live.jpeg(), player.status())
                time.sleep(PAUSE_S)


@contextlib.contextmanager
def _serving(
    address: tuple[str, int],
    page: str,
    screen: Screen,
    order: Callable[[str], bool],
    film: LiveFilm,
) -> Iterator[PageServer]:
    with _server(address, page.encode(), screen, order, film) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def _server(
    address: tuple[str, int],
    page: bytes,
    screen: Screen,
    order: Callable[[str], bool],
    film: LiveFilm,
) -> PageServer:
    """On the port, or on the first free one."""
    host, port = address
    last = port or FIRST_PORT + TRIED_PORTS - 1
    for candidate in range(port or FIRST_PORT, last + 1):
        try:
            return PageServer((host, candidate), page, screen, order, film)
        except OSError as error:
            if candidate == last:
                where = f"port {candidate}" if host == ADDRESS else f"{host}:{candidate}"
                raise SettingsError(f"the viewer cannot start: {where}: {error.strerror}") from None
    raise AssertionError("there is a last port")


def _say_where(task: str, host: str, port: int) -> None:
    """As MuJoCo's viewer does."""
    name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    remote = "" if host == ADDRESS else f"  Remote: http://{name}:{port}/\n"
    local = f"  Local:  http://{ADDRESS}:{port}/\n"
    sys.stdout.write(f"{task} live at\n{remote}{local}Ctrl+C to quit\n")
    sys.stdout.flush()


def _page(task: str, names: Sequence[str] = ()) -> str:
    loader = jinja2.PackageLoader("robo_ddpg.viewer")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("pictures.html").render(task=task, names=names, speeds=SPEEDS)
