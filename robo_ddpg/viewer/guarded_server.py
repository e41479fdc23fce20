"""What MuJoCo's web server lets in: this machine's own pages, and not too much of it."""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from robo_ddpg.viewer.origin import ADDRESS, is_from_here
from robo_ddpg.viewer.site import SCENE, TALK, Site

MOST_CONNECTIONS = 64
"""Who comes when so many are served is turned away."""
REQUEST_S = 10.0
"""Who has not said by then what it wants is left [s]."""
DOWNLOAD_S = 300.0
"""The page's files may take so long, forwarded to a slow place [s]."""
LARGEST_MESSAGE = 2**20
"""From a page: keys, the mouse, the camera [bytes]."""
REFUSED_PATHS = ("/drop",)
"""Where MuJoCo's page would send models for others to load."""

_LIMITS = {
    "open_timeout": DOWNLOAD_S,
    "close_timeout": REQUEST_S,
    "max_size": LARGEST_MESSAGE,
}

Answer = Callable[[ServerConnection, Request], Response | None]


class _Connection(ServerConnection):
    """One of at most so many, which says what it wants in time."""

    served = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        _Connection.served += 1
        if _Connection.served > MOST_CONNECTIONS:
            self.transport.abort()
        else:
            self.loop.call_later(REQUEST_S, self._leave_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        _Connection.served -= 1
        super().connection_lost(exc)

    def _leave_if_silent(self) -> None:
        if self.request is None:
            self.transport.abort()


def guarded_serve(
    handler: Any,
    *,
    process_request: Answer,
    site: Site | None = None,
    at: str = ADDRESS,
    **options: Any,
) -> Any:
    """As `websockets.asyncio.server.serve`, which MuJoCo's server calls.

    Args:
        handler: of a WebSocket.
        process_request: answers what is no WebSocket.
        site: what is ours; in its place MuJoCo's page is elsewhere.
        at: the address that is listened on.
        **options: of the server; ours go before.
    """

    async def handled(connection: ServerConnection) -> None:
        path = _path(connection.request)
        if site and path == TALK:
            await site.talk(connection)
            return
        if site:
            site.notice(path)
        await handler(connection)

    def checked(connection: ServerConnection, request: Request) -> Response | None:
        hosts, origins = (request.headers.get_all(name) for name in ("Host", "Origin"))
        one = len(hosts) == 1 and len(origins) <= 1
        if not one or not is_from_here(hosts[0], (*origins, None)[0], at):
            return Response(403, "Forbidden", Headers(), b"forbidden\n")
        path = _path(request)
        if path in REFUSED_PATHS:
            return Response(404, "Not Found", Headers(), b"not found\n")
        if site is None:
            return process_request(connection, request)
        if path == TALK:
            return None
        as_theirs = dataclasses.replace(request, path="/") if path == SCENE else request
        return site.answer(path) or process_request(connection, as_theirs)

    own: dict[str, Any] = {"process_request": checked, "create_connection": _Connection}
    return serve(handled, **{**options, **_LIMITS, **own})


def _path(request: Request | None) -> str:
    return request.path.split("?")[0] if request else ""
