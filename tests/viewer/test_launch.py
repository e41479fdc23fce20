"""The viewer answers as soon as it has printed its address, and ends cleanly on Ctrl-C."""

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.viewer.serving import python, watch

COMMAND = ("-m", "robo_ddpg")
SLOWED = """
import pkgutil, sys, time
from robo_ddpg.cli.app import main
place, name, *words = sys.argv[1:]
owner = pkgutil.resolve_name(place)
act = getattr(owner, name)
def slowed(*arguments, **options):
    time.sleep(2.0)
    return act(*arguments, **options)
setattr(owner, name, slowed)
sys.exit(main(words))
"""
"""The command, with one function of the viewer's slowed."""


def page(port: int, path: str = "/") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    connection.request("GET", path)
    return connection.getresponse().read()


def interrupted(child: "subprocess.Popen[str]") -> int:
    child.send_signal(signal.SIGINT)
    return child.wait(240)


def test_the_viewer_serves_its_page_and_ends_cleanly_on_ctrl_c() -> None:
    with watch(*COMMAND) as (port, child):
        assert b"<iframe" in page(port) and b"<canvas" in page(port, "/scene")
        for path in ("/", "/scene", "/talk", "/films/a", "/model?total_bytes", "/state", "/ui"):
            assert status(port, path, Origin="http://evil.example") == 403
            assert status(port, path, Host="evil.example") == 403
        for path in (
            "/drop",
            "/films/../a",
            "/../__init__.py",
            "/%2e%2e/__init__.py",
            "/etc/passwd",
        ):
            assert status(port, path) in (403, 404), path
        if sys.platform == "linux":
            assert listens_on(port) == ["0100007F"], "127.0.0.1 only"
        assert interrupted(child) == 0


def status(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


def listens_on(port: int) -> list[str]:
    """The addresses on which somebody listens on a port, as the kernel writes them."""
    tables = [Path(f"/proc/net/tcp{version}").read_text() for version in ("", "6")]
    lines = [line.split() for table in tables for line in table.splitlines()[1:]]
    listening = [local.split(":") for _, local, _, state, *_ in lines if state == "0A"]
    return [address for address, number in listening if int(number, 16) == port]


@pytest.mark.slow
def test_a_printed_address_answers_however_slowly_the_server_starts() -> None:
    with watch("-c", SLOWED, "mujoco.studio.web.web_server", "_run_server") as (port, child):
        assert b"<iframe" in page(port) and b"<canvas" in page(port, "/scene")
        assert interrupted(child) == 0


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly_while_the_scene_is_still_being_loaded() -> None:
    with watch("-c", SLOWED, "mujoco.studio.viewer_handle:ViewerHandle", "set_model") as (_, child):
        assert interrupted(child) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux who listens")
def test_a_host_opens_it_under_numbers_but_not_under_names_of_strangers() -> None:
    with watch(*COMMAND, host="0.0.0.0") as (port, child):
        assert listens_on(port) == ["00000000"]
        assert status(port, "/", Host=f"192.0.2.1:{port}") == 200
        assert status(port, "/", Host="evil.example") == 403
        assert status(port, "/", Origin="http://evil.example") == 403
        assert interrupted(child) == 0


def test_a_host_that_is_not_here_is_one_line_and_exit_code_2() -> None:
    words = ("watch", "reach", "--host", "192.0.2.1")
    with python(*COMMAND, *words, stderr=subprocess.PIPE) as child:
        _, said = child.communicate()
    assert child.returncode == 2
    assert said.splitlines()[-1].startswith("robo-ddpg: the viewer cannot start")
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_one_line_and_exit_code_2() -> None:
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    with socket.create_server(("", 0), family=family, dualstack_ipv6=both) as other:
        port = str(other.getsockname()[1])
        words = ("watch", "reach", "--port", port)
        with python(*COMMAND, *words, stderr=subprocess.PIPE) as child:
            _, said = child.communicate()
    assert child.returncode == 2
    assert said.splitlines()[-1].startswith("robo-ddpg: the viewer cannot start")
    assert "Traceback" not in said
