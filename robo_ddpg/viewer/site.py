"""Our page around MuJoCo's, the talk with it, and the films it may download."""

import asyncio
import contextlib
import json
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

from robo_ddpg.viewer.desk import Desk

SCENE, TALK, FILMS = "/scene", "/talk", "/films/"
"""Where MuJoCo's page is, where orders go, and where films are."""
SHOWN = "/state"
"""MuJoCo's page asks for this when it begins to show the scene."""
TOLD_S = 0.1
"""Time between what is told [s]."""


class Site:
    """What is served beside MuJoCo's own files."""

    def __init__(self, page: str, desk: Desk, film: Callable[[str], bytes | None]) -> None:
        """Serve nothing yet.

        Args:
            page: HTML.
            desk: takes the page's orders.
            film: name of a film -> the file; None: there is none.
        """
        self._page, self._desk, self._film = page.encode(), desk, film

    def answer(self, path: str) -> Response | None:
        """What is at a path; None: nothing of ours."""
        if path == "/":
            return _response("text/html; charset=utf-8", self._page)
        if path.startswith(FILMS):
            film = self._film(path.removeprefix(FILMS))
            return _response("video/mp4", film) if film else None
        return None

    def notice(self, path: str) -> None:
        """A WebSocket is opened."""
        if path == SHOWN:
            self._desk.seen.set()

    async def talk(self, page: ServerConnection) -> None:
        """Take orders, and tell what there is, until the page is left."""
        telling = asyncio.create_task(self._tell(page))
        with contextlib.suppress(ConnectionClosed):
            async for word in page:
                self._desk.order(str(word))
        telling.cancel()

    async def _tell(self, page: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await page.send(json.dumps(self._desk.told))
                await asyncio.sleep(TOLD_S)


def _response(kind: str, body: bytes) -> Response:
    """As MuJoCo's own: its page needs threads, which need these headers around it too."""
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
        }
    )
    return Response(200, "OK", headers, body)
