"""Who may ask a server on this machine: its own pages, under a name of this machine's."""

ADDRESS = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
"""What this machine may be called; others lead here by a trick of a stranger's page."""


def is_from_here(host: str, origin: str | None) -> bool:
    """Whether something was asked for by a name of this machine, and by this page if by any.

    Args:
        host: what the header `Host` says, with or without a port.
        origin: what the header `Origin` says; None without it.
    """
    return host.split(":")[0] in NAMES and origin in (None, f"http://{host}")
