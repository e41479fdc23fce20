"""An environment that draws itself, live in the browser."""

import http.client
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.errors import EnvironmentFailure, SettingsError
from robo_ddpg.viewer.pictures import picture_page
from robo_ddpg.viewer.pictures.live_pictures import LivePictures
from tests.browser import browser
from tests.recording.still import still
from tests.viewer.serving import own_port, watch

TOYS = Path(__file__).parents[2] / "envs/foreign"


@pytest.fixture(autouse=True)
def beside_the_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOYS)


@contextmanager
def watched(name: str, seed: int) -> Iterator[int]:
    """A toy, live in a thread; the port of its page."""
    ended = threading.Event()
    with own_port() as port:
        live = LivePictures(still(name), seed)
        ready = threading.Event()
        options = {"port": port, "stop": lambda: ready.set() or ended.is_set()}
        thread = threading.Thread(target=picture_page.watch, args=(live,), kwargs=options)
        thread.start()
        assert ready.wait(60.0)
        try:
            yield port
        finally:
            ended.set()
            thread.join()


def ask(port: int, path: str, method: str = "GET") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
    connection.request(method, path)
    return connection.getresponse().read()


def test_the_page_shows_the_environment_and_obeys() -> None:
    with watched("toys:SeedPainted", seed=9) as port:
        page = ask(port, "/").decode()
        assert "<h1>toys:SeedPainted</h1>" in page and "speed/0.25" in page
        for word in ("pause", "again", "step", "step"):
            ask(port, f"/{word}", "POST")
        status = json.loads(ask(port, "/status"))
        while status["step"] != 2:
            status = json.loads(ask(port, "/status"))
        assert status["paused"] and status["return"] == 3.0
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/")


def test_names_are_shown_as_text() -> None:
    assert "<h1>&lt;script&gt;</h1>" in picture_page._page("<script>")


def test_a_port_that_is_taken_is_refused_and_the_next_free_one_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"the viewer cannot start: port {taken}: "):
            picture_page.watch(LivePictures(still("toys:Painted")), port=taken)
        monkeypatch.setattr(picture_page, "FIRST_PORT", taken)
        picture_page.watch(LivePictures(still("toys:Painted")), stop=lambda: True)
    said = capsys.readouterr().out
    assert "toys:Painted live at" in said and "http://127.0.0.1:" in said
    assert f":{taken}/" not in said


def test_an_environment_that_fails_ends_it_with_its_reason() -> None:
    with own_port() as port, pytest.raises(EnvironmentFailure, match="the paint is dry"):
        picture_page.watch(LivePictures(still("toys:Spilled")), port=port)


def test_without_pictures_watching_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = still("toys:Unpaintable").save(tmp_path / "controller.safetensors")
    assert main(["watch", str(path), "--task", "toys:Unpaintable"]) == 2
    assert "rgb_array, and it has human, ansi" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_on_the_command_line_it_serves_until_a_signal(number: int, tmp_path: Path) -> None:
    pytest.importorskip("pygame")
    path = still("Pendulum-v1", observed=3, bound=2.0).save(tmp_path / "c.safetensors")
    with watch("-m", "robo_ddpg", controller=str(path)) as (port, child):
        assert b"<h1>Pendulum-v1</h1>" in ask(port, "/")
        child.send_signal(number)
        assert child.wait(60.0) == 0


SEEN = """
(() => {
  const canvas = document.createElement("canvas"), picture = document.getElementById("picture");
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  return pen.getImageData(2, 15, 1, 1).data[0];
})()
"""
"""Brightness of the toy's picture as the page shows it."""


@pytest.mark.slow
def test_a_browser_shows_each_step_and_downloads_a_film_of_them(tmp_path: Path) -> None:
    with watched("toys:SeedPainted", seed=5) as port, browser() as window:
        window.open(f"http://127.0.0.1:{port}/", 900, 760)
        window.evaluate("order('pause').then(() => order('again')).then(() => order('film'))")
        for step in range(4):
            window.wait_for(f"Math.abs({SEEN} - {50 * step}) < 20")
            window.wait_for(f"document.getElementById('step').textContent === '{step}'")
            window.key("rawKeyDown", "s", "KeyS", 83)
        window.wait_for("document.getElementById('pause').textContent === 'Play'")
        window.wait_for("part('film').textContent === 'Stop and save'")
        window.evaluate("part('film').click()")
        window.wait_for("!part('film-file').hidden")
        href = window.evaluate("part('film-file').getAttribute('href')")
        (tmp_path / "film.mp4").write_bytes(ask(port, f"/{href}"))
        assert len(iio.imread(tmp_path / "film.mp4")) == 4
        window.screenshot(tmp_path / "page.png", whole_page=False)
        assert window.complaints == []
        assert np.isclose(window.evaluate("document.body.scrollWidth - window.innerWidth"), 0)
