"""A real headless browser for tests, driven over a pipe with the DevTools protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no browser is installed (looked for {', '.join(NAMES)})"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu-sandbox",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
OFFLINE = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
"""What keeps a browser to this machine."""
NAVIGATES = ("Not attached to an active page", "navigated", "xecution context")
"""In the errors of calls that meet a page while it gives way to another one."""
REPLY_S = 240.0
"""Patience with a browser on a busy machine [s]."""
SHOTS = 4
"""Pictures that are asked for, sharing that patience, until one comes."""


class Browser:
    """One page of a browser."""

    def __init__(self, commands: int, replies: int) -> None:
        self._commands, self._replies = commands, replies
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self.complaints: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, url: str, width: int, height: int, *, scale: float = 1.0) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale}
        self._call("Emulation.setDeviceMetricsOverride", mobile=width < 600, **metrics)
        self.evaluate("window.previous = true")  # navigation starts after the call has returned
        self._call("Page.navigate", url=url)
        self.wait_for("!window.previous && document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:
        found = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait_for(self, script: str, seconds: float = REPLY_S) -> None:
        end = time.monotonic() + seconds
        while not self._holds(script):
            assert time.monotonic() < end, f"not within {seconds} s: {script}"
            time.sleep(0.05)

    def _holds(self, script: str) -> bool:
        try:
            return bool(self.evaluate(script))
        except AssertionError as error:
            if any(sign in str(error) for sign in NAVIGATES):
                return False
            raise

    def screenshot(self, path: Path, *, whole_page: bool = True) -> Path:
        """A picture, asked for again where a page that reloads itself gives none."""
        end = time.monotonic() + REPLY_S
        while time.monotonic() < end:
            try:
                shot = self._call(
                    "Page.captureScreenshot", REPLY_S / SHOTS, captureBeyondViewport=whole_page
                )
            except TimeoutError:
                continue
            except AssertionError as error:
                if not any(sign in str(error) for sign in NAVIGATES):
                    raise
                time.sleep(0.1)
                continue
            path.write_bytes(base64.b64decode(shot["data"]))
            return path
        raise TimeoutError("the browser takes no picture of its page")

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def key(self, kind: str, name: str, place: str, number: int, **more: Any) -> None:
        names = {"key": name, "code": place, "windowsVirtualKeyCode": number}
        self._call("Input.dispatchKeyEvent", type=kind, **names, **more)

    def _call(self, method: str, patience_s: float = REPLY_S, **params: Any) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + patience_s
        while True:
            reply = self._receive(end)
            if reply.get("id") == self._count:
                assert "error" not in reply, f"{method}: {reply['error']}"
                return reply["result"]
            self._note(reply)

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(str(params["entry"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.complaints.append(str(params["args"]))
        elif method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("file:", "data:", "http://127.0.0.1", "http://localhost")):
                self.complaints.append(f"asked the network for {url[:80]}")

    def _receive(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._replies], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser does not answer in time")
            received = os.read(self._replies, 1 << 20)
            assert received, "the browser has ended"
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(line)


def installed() -> str | None:
    """Path of the browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser; skips the test, with the reason, where none is installed."""
    program = installed()
    if program is None:
        pytest.skip(MISSING)
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()

    def connect() -> None:  # the protocol's pipes are descriptors 3 and 4
        copies = os.dup(their_in), os.dup(their_out)
        os.dup2(copies[0], 3)
        os.dup2(copies[1], 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        pipe = ("--remote-debugging-pipe", f"--user-data-dir={profile}")
        child = subprocess.Popen(
            [program, *FLAGS, *OFFLINE, *pipe],
            env={**os.environ, "TMPDIR": profile},
            preexec_fn=connect,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        try:
            yield Browser(our_out, our_in)
        finally:
            child.kill()
            child.wait()
            os.close(our_out)
            os.close(our_in)
