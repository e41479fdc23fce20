"""MuJoCo's web viewer, within our site; its address answers as soon as it is printed."""

import functools
import socket
import sys
from collections.abc import Iterable
from typing import Any

from mujoco.studio import launch_thread, plugin, viewer_protocol, web_viewer
from mujoco.studio.web import web_server

from robo_ddpg.viewer.guarded_server import guarded_serve
from robo_ddpg.viewer.origin import ADDRESS, EVERYWHERE
from robo_ddpg.viewer.site import Site


class _WebViewer(web_viewer.WebViewer):  # type: ignore[misc] # mujoco has no annotations
    """Listens on one address, from before the address is printed."""

    _http_sock: socket.socket
    site: Site
    at = ADDRESS

    def _start_server(self) -> None:
        # MuJoCo has bound all addresses, but does not listen yet.
        port = self._http_sock.getsockname()[1]
        self._http_sock.close()
        family = socket.AF_INET6 if ":" in self.at else socket.AF_INET
        self._http_sock = socket.create_server((self.at, port), family=family)
        self._host = self.at
        web_server.serve = functools.partial(guarded_serve, site=self.site, at=self.at)
        super()._start_server()
        if self.at not in (ADDRESS, *EVERYWHERE):
            sys.stdout.write(f"At http://{self.at}:{port}/\n")


def launch(
    configuration: viewer_protocol.ViewerConfig,
    plugins: Iterable[plugin.Plugin],
    site: Site,
    host: str,
) -> Any:
    """Start the viewer in a thread, as `mujoco.studio.launch_web.launch` does.

    Args:
        configuration: title and port of the page.
        plugins: of the viewer and of the simulation.
        site: what is served around it.
        host: address to listen on.

    Returns:
        The viewer's handle, a context manager that closes it. It raises RuntimeError or OSError
        if the port is taken.
    """
    of_viewer, of_simulation = plugin.split_plugins(plugins)
    kind = type("Viewer", (_WebViewer,), {"site": site, "at": host})

    def serve(endpoint: Any) -> None:
        viewer_protocol.run_viewer_loop(kind(configuration, endpoint, plugins=of_viewer))

    return launch_thread.launch_thread(serve, sim_plugins=of_simulation)
