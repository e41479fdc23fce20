"""Who may ask: pages of this machine's, under its names."""

import pytest

from robo_ddpg.viewer.origin import is_from_here


@pytest.mark.parametrize(
    ("host", "at", "let_in"),
    [
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("192.168.1.5:8080", "127.0.0.1", False),
        ("192.168.1.5:8080", "0.0.0.0", True),
        ("[fe80::1]:8080", "::", True),
        ("192.168.1.5:8080", "192.168.1.5", True),
        ("192.168.1.6:8080", "192.168.1.5", False),
        ("evil.example:8080", "0.0.0.0", False),
        ("evil.example:8080", "127.0.0.1", False),
        ("[", "0.0.0.0", False),
        ("", "0.0.0.0", False),
    ],
)
def test_names_of_this_machine_are_let_in(host: str, at: str, let_in: bool) -> None:
    assert is_from_here(host, None, at) is let_in
    assert is_from_here(host, f"http://{host}", at) is let_in
    assert not is_from_here(host, "http://evil.example", at)
