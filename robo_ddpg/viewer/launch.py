"""MuJoCo's web viewer, to this machine only; its address answers as soon as it is printed."""

import socket
from collections.abc import Iterable
from typing import Any

from mujoco.studio import launch_thread, plugin, viewer_protocol, web_viewer
from mujoco.studio.web import web_server

from robo_ddpg.viewer.guarded_server import guarded_serve
from robo_ddpg.viewer.origin import ADDRESS


class _WebViewer(web_viewer.WebViewer):  # type: ignore[misc] # mujoco has no annotations
    """Listens on this machine's own address, from before the address is printed."""

    _http_sock: socket.socket

    def _start_server(self) -> None:
        # MuJoCo has bound all addresses, but does not listen yet.
        port = self._http_sock.getsockname()[1]
        self._http_sock.close()
        self._http_sock = socket.create_server((ADDRESS, port))
        self._host = ADDRESS
        web_server.serve = guarded_serve
        super()._start_server()


def launch(configuration: viewer_protocol.ViewerConfig, plugins: Iterable[plugin.Plugin]) -> Any:
    """Start the viewer in a thread, as `mujoco.studio.launch_web.launch` does.

    Args:
        configuration: title and port of the page.
        plugins: of the viewer and of the simulation.

    Returns:
        The viewer's handle, a context manager that closes it. It raises RuntimeError or OSError
        if the port is taken.
    """
    of_viewer, of_simulation = plugin.split_plugins(plugins)

    def serve(endpoint: Any) -> None:
        viewer_protocol.run_viewer_loop(_WebViewer(configuration, endpoint, plugins=of_viewer))

    return launch_thread.launch_thread(serve, sim_plugins=of_simulation)
