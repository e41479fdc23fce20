"""The page of a live picture: what it serves, to whom, and what it survives."""

import http.client
import io
import json
import random
import socket
import threading
import time
from collections.abc import Iterator

import imageio.v3 as iio
import pytest
from PIL import Image

from robo_ddpg.viewer.live_film import LiveFilm, jpegs_shown
from robo_ddpg.viewer.origin import ADDRESS
from robo_ddpg.viewer.pictures import page_server
from robo_ddpg.viewer.pictures.page_server import MOST_CONNECTIONS, MOST_STREAMS, PageServer
from robo_ddpg.viewer.pictures.screen import Screen

PATIENCE_S = 60.0


class Served(PageServer):
    """With an order that is understood, and those that came."""

    def __init__(self) -> None:
        self.ordered: list[str] = []
        film = LiveFilm("toy", 0.1, jpegs_shown)
        super().__init__((ADDRESS, 0), b"<html>page</html>", Screen(), self._take, film)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def _take(self, word: str) -> bool:
        self.ordered.append(word)
        return word == "pause"


@pytest.fixture
def server() -> Iterator[Served]:
    with Served() as server:
        server.screen.show(jpeg(50), {"step": 7})
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def jpeg(brightness: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (brightness,) * 3).save(file, "JPEG")
    return file.getvalue()


def ask(server: Served, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=PATIENCE_S)
    connection.request(method, path, headers=headers)
    return connection.getresponse()


def test_the_page_and_the_status_are_served(server: Served) -> None:
    page = ask(server, "/")
    assert (page.status, page.read()) == (200, b"<html>page</html>")
    assert page.getheader("Content-Type") == "text/html; charset=utf-8"
    status = {"step": 7, "film": {"state": "none"}}
    assert json.loads(ask(server, "/status").read()) == status


def moving(place: int) -> bytes:
    """A spot at a place, in a picture with an odd number of columns."""
    file, image = io.BytesIO(), Image.new("RGB", (17, 16))
    image.paste((255, 255, 255), (place, 4, place + 4, 8))
    image.save(file, "JPEG")
    return file.getvalue()


def test_a_film_of_the_pictures_can_be_downloaded(server: Served) -> None:
    server.film.start()
    for place in range(10):
        server.film.take(lambda place=place: moving(place))
    server.film.stop()
    while server.film.status["state"] == "writing":
        time.sleep(0.01)
    assert server.film.status["file"] == "toy-1.mp4", server.film.status
    film = ask(server, "/films/toy-1.mp4")
    assert film.getheader("Content-Type") == "video/mp4"
    assert iio.imread(film.read(), extension=".mp4").shape == (10, 16, 16, 3)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/../page.html", "/templates", "/status/", "/films/../a.py", "/films/"]
)
def test_nothing_else_is_served(server: Served, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "CONNECT", "x" * 300])
def test_other_methods_are_refused(server: Served, method: str) -> None:
    assert ask(server, "/", method).status == 501


def test_orders_are_passed_on_and_unknown_ones_not_found(server: Served) -> None:
    assert ask(server, "/pause", "POST").status == 204
    assert ask(server, "/dance", "POST").status == 404
    assert server.ordered == ["pause", "dance"]
    assert ask(server, "/pause").status == 404  # to look at a page orders nothing


def test_it_listens_on_this_machine_only(server: Served) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_strangers_can_neither_look_nor_order(
    server: Served, headers: dict[str, str]
) -> None:
    assert ask(server, "/pause", "POST", **headers).status == 403
    assert ask(server, "/status", **headers).status == 403
    assert server.ordered == []


def test_a_forwarded_port_and_the_page_itself_may_order(server: Served) -> None:
    headers = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}
    assert ask(server, "/pause", "POST", **headers).status == 204


def test_the_stream_shows_each_picture_as_soon_as_it_is_there(server: Served) -> None:
    stream = ask(server, "/picture")
    assert stream.getheader("Content-Type").startswith("multipart/x-mixed-replace")
    assert stream.readline() == b"--next-picture\r\n"
    assert brightness(stream) == 50
    server.screen.show(jpeg(200), {})
    shown = brightness(stream)
    while shown == 50:  # it is repeated now and then
        shown = brightness(stream)
    assert shown == 200


def brightness(stream: http.client.HTTPResponse) -> int:
    """Of the next picture, which is complete without those that follow; from a boundary on."""
    assert (stream.readline(), stream.readline()) == (b"Content-Type: image/jpeg\r\n", b"\r\n")
    data = b""
    while not data.endswith(b"\r\n--next-picture\r\n"):
        data += stream.read(1)
    image = Image.open(io.BytesIO(data.removesuffix(b"\r\n--next-picture\r\n")))
    return round(image.getpixel((8, 8))[0] / 10) * 10


def connected(server: Served) -> socket.socket:
    return socket.create_connection((ADDRESS, server.port), PATIENCE_S)


def test_garbage_is_survived_without_a_word(
    server: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(0)
    for garbage in (
        *(rng.randbytes(size) for size in (1, 100, 5000)),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET " + b"/" * 100_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 1000,
        b"POST /pause HTTP/1.1\r\nContent-Length: -1\r\nHost: \xff\r\n\r\n",
        b"\r\n" * 100,
    ):
        with connected(server) as client:
            client.sendall(garbage)
    assert ask(server, "/").status == 200
    assert capfd.readouterr() == ("", "")


def test_too_many_clients_are_turned_away_until_others_leave(server: Served) -> None:
    idle = [connected(server) for _ in range(MOST_CONNECTIONS)]
    with connected(server) as further:
        assert further.recv(1) == b""
    for client in idle:
        client.close()
    end = time.monotonic() + PATIENCE_S
    while not is_served(server):
        assert time.monotonic() < end, "nobody is served any more"
        time.sleep(0.01)


def test_too_many_streams_leave_the_page_and_its_orders_alone(server: Served) -> None:
    streams = [ask(server, "/picture") for _ in range(MOST_STREAMS)]
    assert ask(server, "/picture").status == 503
    assert ask(server, "/pause", "POST").status == 204
    assert [stream.status for stream in streams] == [200] * MOST_STREAMS


def is_served(server: Served) -> bool:
    try:
        return ask(server, "/").status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_who_sends_a_request_letter_by_letter_is_left(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_server, "TIMEOUT_S", 0.3)
    with connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: ")
        client.settimeout(0.02)
        with pytest.raises(OSError, match=r"reset|Broken|left"):
            while True:
                client.sendall(b"a")
                try:
                    if client.recv(1) == b"":
                        raise OSError("left")
                except TimeoutError:
                    continue
    assert ask(server, "/").status == 200
