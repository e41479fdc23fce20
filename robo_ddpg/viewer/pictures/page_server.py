"""The page of a live picture over HTTP."""

import contextlib
import json
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from robo_ddpg.viewer.live_film import LiveFilm
from robo_ddpg.viewer.origin import is_from_here
from robo_ddpg.viewer.pictures.screen import Screen
from robo_ddpg.viewer.site import FILMS

MOST_CONNECTIONS = 32
MOST_STREAMS = 8
"""Who comes when so many are served is turned away."""
TIMEOUT_S = 10.0
"""Who neither sends nor receives for so long, or has not asked by then, is left [s]."""
REPEAT_S = 1.0
"""A picture is sent again after this time, which shows whether anybody is there [s]."""

_HEAD = b"--next-picture\r\nContent-Type: image/jpeg\r\n\r\n"
"""Sent as soon as the picture before: a browser shows a picture when the next one begins."""


class PageServer(ThreadingHTTPServer):
    """Serves the page, the stream of pictures and the status, and takes orders."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(
        self,
        address: tuple[str, int],
        page: bytes,
        screen: Screen,
        order: Callable[[str], bool],
        film: LiveFilm,
    ) -> None:
        """Take a port.

        Args:
            address: what to listen on, and the port.
            page: what is shown, HTML.
            screen: the pictures.
            order: is given the orders of the page; returns whether there is such a one.
            film: what the page films.

        Raises:
            OSError: the port is taken, or there is no such address here.
        """
        self.page, self.screen, self.order, self.film = page, screen, order, film
        self.connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.streams = threading.BoundedSemaphore(MOST_STREAMS)
        self.closing = False
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    server_bind = socketserver.TCPServer.server_bind  # without asking for names in the network

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve in a thread, or turn away."""
        if self.connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who goes away in the middle is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """End the streams too."""
        self.closing = True
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    server_version, sys_version = "robo-ddpg", ""
    timeout = TIMEOUT_S

    def handle(self) -> None:
        """Serve, but not who sends a request letter by letter."""
        self._deadline = threading.Timer(TIMEOUT_S, self._leave)
        self._deadline.start()
        try:
            super().handle()
        finally:
            self._deadline.cancel()

    def parse_request(self) -> bool:
        """The request was sent in time, whatever it is."""
        parsed = super().parse_request()
        self._deadline.cancel()
        return parsed

    def _leave(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        """Show something."""
        show = {"/": self._page, "/picture": self._stream, "/status": self._status}.get(self.path)
        film = self.path.startswith(FILMS) and self.server.film.read(self.path.removeprefix(FILMS))
        if not self._is_from_here():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif film:
            self._send("video/mp4", film)
        elif show is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            show()

    def do_POST(self) -> None:
        """Take an order."""
        if not self._is_from_here():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not self.server.order(self.path.removeprefix("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

    def _is_from_here(self) -> bool:
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        return is_from_here(host, origin, str(self.server.server_address[0]))

    def _page(self) -> None:
        self._send("text/html; charset=utf-8", self.server.page)

    def _status(self) -> None:
        status = self.server.screen.shot.status | {"film": self.server.film.status}
        self._send("application/json", json.dumps(status).encode())

    def _send(self, kind: str, body: bytes) -> None:
        self._begin(kind)
        self.wfile.write(body)

    def _begin(self, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def _stream(self) -> None:
        if not self.server.streams.acquire(blocking=False):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self._begin("multipart/x-mixed-replace; boundary=next-picture")
            self.wfile.write(_HEAD)
            number = 0
            while not self.server.closing:
                shot = self.server.screen.after(number, REPEAT_S)
                number = shot.number
                self.wfile.write(shot.jpeg + b"\r\n" + _HEAD)
        finally:
            self.server.streams.release()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""
