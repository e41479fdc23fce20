"""MuJoCo's server behind our limits: who is let in, and what it survives."""

import asyncio
import http.client
import json
import random
import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.http11 import Request, Response
from websockets.sync.client import connect

from robo_ddpg.viewer import guarded_server
from robo_ddpg.viewer.desk import MOST_ORDERS, Desk
from robo_ddpg.viewer.guarded_server import LARGEST_MESSAGE, guarded_serve
from robo_ddpg.viewer.origin import ADDRESS
from robo_ddpg.viewer.site import Site

PATIENCE_S = 60.0


async def echo(connection: object) -> None:
    async for message in connection:  # type: ignore[attr-defined]
        await connection.send(message)  # type: ignore[attr-defined]


def page(connection: object, request: Request) -> Response | None:
    if "Upgrade" in request.headers:
        return None
    return Response(200, "OK", Headers({"Content-Length": "4"}), b"page")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    site = Site("ours", desk, {"a.mp4": b"film"}.get)
    loop, started = asyncio.new_event_loop(), threading.Event()
    listening = socket.create_server((ADDRESS, 0))

    async def run() -> None:
        options = {"process_request": page, "site": site, "sock": listening}
        async with guarded_serve(echo, max_size=2**40, **options):
            started.set()
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(PATIENCE_S)
    yield listening.getsockname()[1]
    loop.call_soon_threadsafe(stop.set)
    thread.join(PATIENCE_S)


def status(port: int, path: str = "/", **headers: str) -> int:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=PATIENCE_S)
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


def body(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=PATIENCE_S)
    connection.request("GET", path)
    return connection.getresponse().read()


def test_our_page_is_served_with_theirs_within_and_with_films(port: int) -> None:
    assert (body(port, "/"), body(port, "/scene"), body(port, "/other")) == (
        b"ours",
        *2 * [b"page"],
    )
    assert (body(port, "/films/a.mp4"), body(port, "/films/b.mp4")) == (b"film", b"page")


def test_a_page_orders_and_is_told(port: int, desk: Desk) -> None:
    desk.told = {"step": 7}
    with connect(f"ws://{ADDRESS}:{port}/talk") as talk:
        talk.send("pause")
        assert json.loads(talk.recv(PATIENCE_S)) == {"step": 7}
        desk.told = {"step": 8}
        while json.loads(talk.recv(PATIENCE_S)) != {"step": 8}:
            pass
        assert desk.orders() == ["pause"] and desk.orders() == []
        for _ in range(1000):
            talk.send("next")
        talk.send("x" * 100)
        talk.recv(PATIENCE_S)
    assert len(desk.orders()) <= MOST_ORDERS
    assert not desk.seen.is_set()
    with connect(f"ws://{ADDRESS}:{port}/state"):
        assert desk.seen.wait(PATIENCE_S)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_strangers_give_no_orders(headers: dict[str, str], port: int, desk: Desk) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{ADDRESS}:{port}/talk", additional_headers=headers)
    assert desk.orders() == []


def test_its_own_page_is_served_and_heard(port: int) -> None:
    assert status(port) == status(port, Host="localhost:9000") == 200
    with connect(f"ws://{ADDRESS}:{port}/state", origin=f"http://{ADDRESS}:{port}") as page:  # type: ignore[arg-type]
        page.send("hello")
        assert page.recv(PATIENCE_S) == "hello"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_pages_of_strangers_are_refused(headers: dict[str, str], port: int) -> None:
    assert status(port, **headers) == 403
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{ADDRESS}:{port}/state", additional_headers=headers)


def test_models_cannot_be_dropped(port: int) -> None:
    assert status(port, "/drop?sid=1") == 404
    with pytest.raises(InvalidStatus, match="404"):
        connect(f"ws://{ADDRESS}:{port}/drop")


def test_a_message_that_is_too_long_ends_its_connection_alone(port: int) -> None:
    address = f"ws://{ADDRESS}:{port}/state"
    with connect(address) as other, connect(address) as page:
        page.send(bytes(LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosedError, match="1009"):
            page.recv(PATIENCE_S)
        other.send("hello")
        assert other.recv(PATIENCE_S) == "hello"


def test_too_many_clients_are_turned_away_until_others_leave(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_server, "MOST_CONNECTIONS", 2)
    address = f"ws://{ADDRESS}:{port}/state"
    turned_away = pytest.raises((OSError, http.client.HTTPException))
    with connect(address), connect(address), turned_away:
        status(port)
    while not is_served(port):
        pass


def is_served(port: int) -> bool:
    try:
        return status(port) == 200
    except (OSError, http.client.HTTPException):
        return False


def test_who_says_nothing_is_left(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_server, "REQUEST_S", 0.1)
    with socket.create_connection((ADDRESS, port), PATIENCE_S) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert left(client)


def left(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_garbage_is_survived(port: int) -> None:
    rng = random.Random(0)
    for garbage in (
        *(rng.randbytes(size) for size in (1, 100, 5000)),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 100_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 1000,
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ):
        with socket.create_connection((ADDRESS, port), PATIENCE_S) as client:
            client.sendall(garbage)
    assert status(port) == 200
