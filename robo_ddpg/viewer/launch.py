"""MuJoCo's web viewer, whose address answers as soon as it is printed."""

from collections.abc import Iterable
from typing import Any

from mujoco.studio import launch_thread, plugin, viewer_protocol, web_viewer


class _WebViewer(web_viewer.WebViewer):  # type: ignore[misc] # mujoco has no annotations
    """Lets the system queue connections from before the address is printed."""

    def _start_server(self) -> None:
        # The server's own thread listens too, but perhaps only after the address was printed.
        self._http_sock.listen()
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
