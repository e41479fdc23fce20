"""The browser of the tests, played by a pipe: what it does when an answer never comes."""

import base64
import json
import os
import threading
from pathlib import Path

import pytest

from tests import browser
from tests.browser import Browser

PICTURE = b"a picture"


GIVES_WAY = {"code": -32000, "message": "Not attached to an active page"}


def play(commands: int, replies: int, unanswered: int, refused: int) -> None:
    """Answer every command, but not the first few pictures; the next few are refused."""
    left = unanswered
    with os.fdopen(commands, "rb") as asked:
        buffer = b""
        while received := asked.raw.read(4096):  # type: ignore[attr-defined]
            *whole, buffer = (buffer + received).split(b"\0")
            for message in map(json.loads, whole):
                if message["method"] == "Page.captureScreenshot" and left:
                    left -= 1
                    continue
                if message["method"] == "Page.captureScreenshot" and refused:
                    refused -= 1
                    error = {"id": message["id"], "error": GIVES_WAY}
                    os.write(replies, json.dumps(error).encode() + b"\0")
                    continue
                data = base64.b64encode(PICTURE).decode()
                result = {"targetId": "t", "sessionId": "s", "data": data}
                os.write(
                    replies, json.dumps({"id": message["id"], "result": result}).encode() + b"\0"
                )


def page(unanswered: int = 0, refused: int = 0) -> Browser:
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    threading.Thread(
        target=play, args=(their_in, their_out, unanswered, refused), daemon=True
    ).start()
    return Browser(our_out, our_in)


def test_a_picture_that_never_comes_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = page(unanswered=1)
    monkeypatch.setattr(browser, "REPLY_S", 8.0)
    assert window.screenshot(tmp_path / "shot.png").read_bytes() == PICTURE


def test_a_picture_of_a_page_that_gives_way_to_another_is_asked_for_again(tmp_path: Path) -> None:
    assert page(refused=6).screenshot(tmp_path / "shot.png").read_bytes() == PICTURE


def test_a_browser_that_takes_no_picture_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = page(unanswered=browser.SHOTS)
    monkeypatch.setattr(browser, "REPLY_S", 0.4)
    with pytest.raises(TimeoutError, match="takes no picture"):
        window.screenshot(tmp_path / "shot.png")
