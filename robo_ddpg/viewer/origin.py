"""Who may ask a server: pages of its own, under a name of its machine's."""

import ipaddress
import socket
from urllib.parse import urlsplit

ADDRESS = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
"""What this machine may be called; others lead here by a trick of a stranger's page."""
EVERYWHERE = ("0.0.0.0", "::")
"""Addresses to listen on that stand for all of a machine's."""


def is_from_here(host: str, origin: str | None, at: str = ADDRESS) -> bool:
    """Whether something was asked for by a name of this machine, and by this page if by any.

    Args:
        host: what the header `Host` says, with or without a port.
        origin: what the header `Origin` says; None without it.
        at: the address that is listened on. At all of a machine's, it may be called by any number,
            which no stranger's name leads to, or by its own name.
    """
    return _is_ours(host, at) and origin in (None, f"http://{host}")


def _is_ours(host: str, at: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in NAMES or at not in EVERYWHERE:
        return name in (*NAMES, at.lower())
    return _is_number(name) or name == socket.gethostname().lower()


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
